/** The load of the pipeline bench: investors with one connection each, saturating or at a set pace. */
import { BID_MINOR, CEILING_PPM, RATE_STEP_PPM } from './listings.ts'
import type { OpenListings } from './listings.ts'
import { openLoop } from './open-loop.ts'
import type { Paced, Shape } from './open-loop.ts'
import type { BatchItem, Client } from '../../gateway/client/node.ts'
import type { ListingId, RatePpm } from '../../schema/unit.ts'

/** What was heard, so that the ledger can be asked afterwards whether it is true. */
export interface Heard {
  /** Bids that were taken into a book. */
  accepted: number
  /** Bids that were refused by the market (full, not competitive, …): answered and durable too. */
  refused: number
  /** Requests without an answer: their outcome is not known. */
  unanswered: number
  /** The newest bid ids, to be looked up one by one. */
  readonly bidIds: number[]
}

export interface Throughput extends Heard {
  readonly ackedPerSecond: number
}

const BID_IDS_KEPT = 200_000

function heardNothing(): Heard {
  return { accepted: 0, refused: 0, unanswered: 0, bidIds: [] }
}

/** A stream of bids on the open listings, rates spread below the ceiling. Deterministic. */
class Bids {
  readonly #listings: OpenListings
  #count: number

  constructor(listings: OpenListings, start: number) {
    this.#listings = listings
    this.#count = start
  }

  next(): { listingId: ListingId; amountMinor: number; ratePpm: RatePpm } {
    const count = this.#count++
    const ratePpm = (CEILING_PPM - ((count * 7) % 40) * RATE_STEP_PPM) as RatePpm
    return { listingId: this.#listings.pick(count), amountMinor: BID_MINOR, ratePpm }
  }
}

/** Closed loop: each connection keeps `inFlight` requests of `batch` bids unanswered. */
export async function saturate(
  clients: readonly Client[],
  listings: OpenListings,
  shape: { readonly batch: number; readonly inFlight: number; readonly durationMs: number },
): Promise<Throughput> {
  const heard = heardNothing()
  const endsAt = performance.now() + shape.durationMs
  const startedAt = performance.now()
  const loops = clients.flatMap((client, place) =>
    Array.from({ length: shape.inFlight }, (_, lane) => {
      const bids = new Bids(listings, place * 97 + lane * 13)
      return shape.batch === 1
        ? singles(client, bids, heard, endsAt)
        : batches(client, bids, heard, endsAt, shape.batch)
    }),
  )
  await Promise.all(loops)
  const seconds = (performance.now() - startedAt) / 1000
  return { ...heard, ackedPerSecond: Math.round((heard.accepted + heard.refused) / seconds) }
}

async function batches(
  client: Client,
  bids: Bids,
  heard: Heard,
  endsAt: number,
  batch: number,
): Promise<void> {
  while (performance.now() < endsAt) {
    const items: BatchItem[] = []
    for (let place = 0; place < batch; place++)
      items.push({ key: client.nextKey(), ...bids.next() })
    try {
      const { answers } = await client.batch(items)
      for (const answer of answers)
        if ('code' in answer) heard.refused++
        else accept(heard, answer.bidId)
    } catch {
      heard.unanswered += batch
    }
  }
}

async function singles(client: Client, bids: Bids, heard: Heard, endsAt: number): Promise<void> {
  while (performance.now() < endsAt) await single(client, bids, heard)
}

async function single(client: Client, bids: Bids, heard: Heard): Promise<void> {
  try {
    const { answer } = await client.placeBid(bids.next())
    accept(heard, answer.bidId)
  } catch (error) {
    if (isRefused(error)) heard.refused++
    else heard.unanswered++
  }
}

/** Open loop of single bids. */
export async function pace(
  clients: readonly Client[],
  listings: OpenListings,
  shape: Shape,
): Promise<Heard & Paced> {
  const heard = heardNothing()
  const bids = new Bids(listings, 1)
  const senders = clients.map((client) => () => single(client, bids, heard))
  return { ...(await openLoop(senders, shape)), ...heard }
}

function accept(heard: Heard, bidId: number): void {
  heard.accepted++
  heard.bidIds[(heard.accepted - 1) % BID_IDS_KEPT] = bidId
}

function isRefused(error: unknown): boolean {
  return error instanceof Error && error.name === 'RequestRefused'
}
