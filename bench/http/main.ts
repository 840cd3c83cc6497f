/** HTTP: the query and bid endpoints of a real market, driven by autocannon, beside a server that only
 *  says hello from the same machine in the same run. The load generator shares the machine with
 *  everything it measures, so the ratios say more than the figures. */
import autocannon from 'autocannon'
import type { Options, Result } from 'autocannon'
import { KeyMaker } from '../../gateway/client/node.ts'
import { startMarket } from '../../test/harness/market.ts'
import type { TestMarket } from '../../test/harness/market.ts'
import { median } from '../result.ts'
import type { BenchResult } from '../result.ts'
import { startPeer } from './peer.ts'

const LISTINGS = 200
const CONNECTIONS = 32
const DURATION_SECONDS = 4
const REPETITIONS = 3

/** More than the load can use: it is the server that is measured, not its patience. */
const UNLIMITED = {
  RATE_BIDS_PER_SECOND: '1000000',
  RATE_QUERIES_PER_SECOND: '1000000',
  RATE_ANONYMOUS_PER_SECOND: '1000000',
}

interface Subject {
  readonly name: string
  readonly key: string
  readonly options: Options
}

interface Measured {
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly failed: number
}

export async function run(): Promise<BenchResult> {
  const market = await startMarket({ env: UNLIMITED })
  const peer = await startPeer()
  try {
    return await measure(await subjectsOf(market, peer.url))
  } finally {
    await peer.stop()
    await market.stop()
  }
}

async function subjectsOf(market: TestMarket, peerUrl: string): Promise<readonly Subject[]> {
  const { token, client } = await market.newInvestor({ depositMinor: 900_000_000_000 })
  const ids: number[] = []
  for (let n = 0; n < LISTINGS; n++) ids.push(await market.openListing({ amountMinor: 25_000_000 }))
  const listingId = ids[0] ?? 0
  for (let n = 0; n < 50; n++)
    await client.placeBid({ listingId, amountMinor: 2_500, ratePpm: 1_000 * n })
  return [
    { name: 'GET hello (peer, node:http)', key: 'peer', options: { url: peerUrl } },
    {
      name: 'GET /v1/listings (100 of 200)',
      key: 'listings',
      options: { url: `${market.baseUrl}/v1/listings` },
    },
    {
      name: 'GET /v1/listings/{id} (50 fills)',
      key: 'listing',
      options: { url: `${market.baseUrl}/v1/listings/${listingId}` },
    },
    {
      name: 'POST /v1/bids (durable)',
      key: 'bids',
      options: bidding(market.baseUrl, token, ids),
    },
  ]
}

/** Every request is a bid of its own, with a key of its own. */
function bidding(baseUrl: string, token: string, ids: readonly number[]): Options {
  const keys = new KeyMaker(() => Date.now())
  let sent = 0
  const body = () => {
    const bid = { key: keys.next(), listingId: ids[sent++ % ids.length], amountMinor: 2_500 }
    return JSON.stringify({ ...bid, ratePpm: 100_000 })
  }
  return {
    url: `${baseUrl}/v1/bids`,
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    requests: [{ setupRequest: (request) => ({ ...request, body: body() }) }],
  }
}

async function measure(subjects: readonly Subject[]): Promise<BenchResult> {
  const runs = new Map<Subject, Measured[]>(subjects.map((subject) => [subject, []]))
  for (const { options } of subjects) await shoot(options, 1)
  // Round by round, so that what else the machine does falls on all alike.
  for (let round = 0; round < REPETITIONS; round++)
    for (const [subject, measured] of runs)
      measured.push(await shoot(subject.options, DURATION_SECONDS))
  const summed = [...runs].map(([subject, measured]) => ({ subject, ...middle(measured) }))
  const peerPerSecond = summed[0]?.perSecond ?? Number.NaN
  const ratio = (perSecond: number) => Math.round((100 * perSecond) / peerPerSecond) / 100
  return {
    subject: 'http',
    json: {
      ...Object.fromEntries(
        summed.map(({ subject, ...figures }) => [
          subject.key,
          { ...figures, ratioToPeer: ratio(figures.perSecond) },
        ]),
      ),
      connections: CONNECTIONS,
      repetitions: REPETITIONS,
    },
    table: [
      ['request', 'a second', 'p50 ms', 'p99 ms', 'failed', 'to peer'],
      ...summed.map(({ subject, perSecond, p50Ms, p99Ms, failed }) => [
        subject.name,
        Math.round(perSecond).toLocaleString('en'),
        p50Ms.toFixed(0),
        p99Ms.toFixed(0),
        String(failed),
        ratio(perSecond).toFixed(2),
      ]),
    ],
    notes: [
      `${CONNECTIONS} connections, ${DURATION_SECONDS} s each, ${REPETITIONS} rounds, medians; autocannon and the whole market on this machine. autocannon counts whole milliseconds.`,
      'The peer answers two words and knows nothing; a page of listings is some 30 kB, a bid is on disk before it is answered.',
    ],
  }
}

async function shoot(options: Options, seconds: number): Promise<Measured> {
  const result: Result = await autocannon({
    connections: CONNECTIONS,
    duration: seconds,
    ...options,
  })
  const { requests, latency, non2xx, errors } = result
  return {
    perSecond: requests.average,
    p50Ms: latency.p50,
    p99Ms: latency.p99,
    failed: non2xx + errors,
  }
}

function middle(measured: readonly Measured[]): Measured {
  const of = (pick: (one: Measured) => number) => median(measured.map(pick))
  return {
    perSecond: of((one) => one.perSecond),
    p50Ms: of((one) => one.p50Ms),
    p99Ms: of((one) => one.p99Ms),
    failed: measured.reduce((sum, one) => sum + one.failed, 0),
  }
}
