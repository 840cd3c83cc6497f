/** A market of one person more than a handful of entries, played in memory: evidence with nothing wrong
 *  in it, for trying the checks on broken copies. */
import { createState, applyEntry } from '../../engine/index.ts'
import { encodeCommandBody, encodeEventBody } from '../../engine/journal/index.ts'
import { CHAIN_START, chainHash } from '../../workers/settlement/chain.ts'
import { postingsOf } from '../../workers/settlement/ledger/postings.ts'
import {
  assertNever,
  accountId,
  atMs,
  bidId,
  keyFrom,
  listingId,
  minor,
  ratePpm,
} from '../../schema/index.ts'
import type { Command, EntryId, Event, EventEntry, Key } from '../../schema/index.ts'
import { Ledger, saidWhole } from './attempt.ts'
import type { Asked, Said } from './attempt.ts'
import type { Evidence, RecordedEntry, Rows } from './evidence.ts'
import type { JournalEnd } from './journal-end.ts'

export interface Played {
  readonly evidence: Evidence
  readonly journal: JournalEnd
  readonly ledger: Ledger
}

const START_MS = 1_700_000_000_000
const LENDERS = [11, 12, 13]
const BORROWER = 21

/** Deposits, an auction with an outbid and a cancel that is allocated, and a fixed rate that expires. */
export function playTinyMarket(): Played {
  const state = createState()
  const said: EventEntry[] = []
  const entries: RecordedEntry[] = []
  const ledger = new Ledger()
  let hash: Uint8Array = CHAIN_START
  storyline().forEach((commands, index) => {
    const id: EntryId = `${START_MS + index * 1_000}-0`
    const writer = { source: 'tiny', batch: index + 1 }
    const at = atMs(START_MS + index * 1_000)
    const answer = applyEntry(state, { id, atMs: at, ...writer, commands })
    said.push(answer)
    const { sequence, digest, isDuplicate, timed, answered } = answer
    const commandsBody = encodeCommandBody(commands)
    const eventsBody = encodeEventBody(answer)
    const kept = { sequence, id, ...writer, digest, commands: commandsBody, events: eventsBody }
    hash = chainHash(hash, kept)
    const bodies = { commandsBody, eventsBody, commands, isDuplicate, timed, answered }
    entries.push({
      sequence,
      entryId: id,
      ...writer,
      digest,
      chainHash: Buffer.from(hash),
      ...bodies,
    })
    commands.forEach((command, place) => note(ledger, command, answered[place]?.[0]))
  })
  return { evidence: { entries, ...rowsOf(entries) }, journal: journalOf(said), ledger }
}

/** One second apart each. */
function storyline(): Command[][] {
  const [first, second, third] = LENDERS
  return [
    LENDERS.map((lender) => deposit(lender, 1_000_000)),
    [open('uniform-auction', 300_000), open('fixed-rate', 900_000)],
    [bid(first, 1, 200_000, 120_000), bid(second, 1, 200_000, 110_000)],
    [bid(third, 1, 150_000, 90_000), bid(third, 2, 50_000, 150_000)],
    [bid(first, 2, 70_000, 150_000), cancel(third, 4)],
    [],
    [],
    [],
    [],
    [],
    [deposit(second, 5)],
  ]
}

let keys = 0
function nextKey(): Key {
  keys++
  return keyFrom(
    START_MS,
    Uint8Array.from({ length: 10 }, (_, index) => (keys >> index) & 0xff),
  )
}

function asked(owner: number | undefined) {
  return { key: nextKey(), accountId: accountId(owner ?? 0), deadlineMs: 0 } as const
}

function deposit(owner: number | undefined, amountMinor: number): Command {
  return { kind: 'Deposit', ...asked(owner), amountMinor: minor(amountMinor) }
}

function open(mode: 'uniform-auction' | 'fixed-rate', amountMinor: number): Command {
  return {
    kind: 'OpenListing',
    ...asked(BORROWER),
    mode,
    amountMinor: minor(amountMinor),
    ratePpm: ratePpm(150_000),
    termMonths: 12,
    minBidMinor: minor(2_500),
    openMs: 5_000,
    grade: 'A',
    purpose: 'car',
  }
}

function bid(owner: number | undefined, listing: number, amount: number, rate: number): Command {
  return {
    kind: 'PlaceBid',
    ...asked(owner),
    listingId: listingId(listing),
    amountMinor: minor(amount),
    ratePpm: ratePpm(rate),
  }
}

function cancel(owner: number | undefined, id: number): Command {
  return { kind: 'CancelBid', ...asked(owner), bidId: bidId(id) }
}

function note(ledger: Ledger, command: Command, answer: Event | undefined): void {
  const { key, accountId: owner } = command
  const said: Said[] = []
  if (answer !== undefined) said.push(saidWhole(answer as Parameters<typeof saidWhole>[0]))
  ledger.add({ key, accountId: owner, asked: askedOf(command), askedAtMs: START_MS, said })
}

function askedOf(command: Command): Asked {
  switch (command.kind) {
    case 'PlaceBid':
      return { ...command, kind: 'place' }
    case 'CancelBid':
      return { ...command, kind: 'cancel' }
    case 'OpenListing':
      return { ...command, kind: 'open' }
    case 'Deposit':
      return { ...command, kind: 'deposit' }
    default:
      return assertNever(command)
  }
}

type Writable<Row> = { -readonly [Column in keyof Row]: Row[Column] }

/** What settlement would have written, for the columns that the checks read. */
function rowsOf(entries: readonly RecordedEntry[]): Rows {
  const bids = new Map<number, Writable<Rows['bid'][number]>>()
  const listings = new Map<number, Writable<Rows['listing'][number]>>()
  const loans: Rows['loan'][number][] = []
  const accounts = new Map<string, Writable<Rows['ledger_account'][number]>>()
  let transfers = 0
  const move = (
    code: number,
    owner: number,
    side: 'debits_minor' | 'credits_minor',
    by: number,
  ) => {
    const key = `${code}/${owner}`
    const row = accounts.get(key) ?? { code, owner, debits_minor: 0, credits_minor: 0 }
    row[side] += by
    accounts.set(key, row)
  }
  for (const { timed, answered } of entries)
    for (const event of [...timed, ...answered.flat()]) {
      for (const transfer of postingsOf(event)) {
        move(transfer.debitCode, transfer.debitOwner, 'debits_minor', transfer.amountMinor)
        move(transfer.creditCode, transfer.creditOwner, 'credits_minor', transfer.amountMinor)
        transfers++
      }
      if (event.kind === 'ListingOpened')
        listings.set(event.listingId, {
          listing_id: event.listingId,
          mode: event.mode,
          status: 'expired',
          amount_minor: event.amountMinor,
          funded_minor: 0,
          clearing_rate_ppm: null,
        })
      if (event.kind === 'BidPlaced')
        bids.set(event.bidId, {
          bid_id: event.bidId,
          listing_id: event.listingId,
          account_id: event.accountId,
          amount_minor: event.amountMinor,
          accepted_minor: event.acceptedMinor,
          placed_minor: event.acceptedMinor,
          rate_ppm: event.ratePpm,
          status: 'open',
        })
      if (event.kind !== 'LoanDisbursed') continue
      const listing = listings.get(event.listingId)
      if (listing !== undefined) listing.status = 'funded'
      loans.push({
        loan_id: event.listingId,
        borrower_id: event.borrowerId,
        principal_minor: event.amountMinor,
      })
    }
  const last = entries.at(-1)
  return {
    outcome: entries.flatMap(({ sequence, commands }) =>
      commands.map(({ accountId: account_id, key }, place) => ({
        account_id,
        key,
        sequence,
        place,
      })),
    ),
    bid: [...bids.values()],
    listing: [...listings.values()],
    loan: loans,
    ledger_account: [...accounts.values()],
    transferred: [...accounts.values()].map(({ code, owner, debits_minor, credits_minor }) => ({
      code,
      owner,
      minor: credits_minor - debits_minor,
    })),
    transfer: [{ transfers, ids: transfers, last: transfers }],
    schedule: loans.map(({ loan_id }) => ({ loan_id, schedules: 1 })),
    instalment: loans.map((loan) => ({ ...loan, instalments: 12 })),
    settlement_cursor: ['recorded', 'settled'].map((stage) => ({
      stage,
      sequence: last?.sequence ?? 0,
      digest: last?.digest ?? '',
    })),
    person: [...LENDERS, BORROWER].map((account_id) => ({ account_id })),
  }
}

function journalOf(said: readonly EventEntry[]): JournalEnd {
  const last = said.at(-1)
  return {
    commandIds: said.map(({ id }) => id),
    events: said.map((entry) => ({ ...entry })),
    tip: { sequence: last?.sequence ?? 0, digest: last?.digest ?? '' },
  }
}
