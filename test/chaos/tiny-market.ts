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
  PLAIN_BID,
  PLAIN_LISTING,
  ratePpm,
} from '../../schema/index.ts'
import type { Command, EntryId, Event, EventEntry, Key } from '../../schema/index.ts'
import { Ledger, saidWhole } from './attempt.ts'
import type { Asked, Said } from './attempt.ts'
import { tellRows } from './check/rows.ts'
import { eventsOf } from './evidence.ts'
import type { Evidence, RecordedEntry, Rows } from './evidence.ts'
import type { JournalEnd } from './journal-end.ts'
import { writtenAt } from '../engine/writing.ts'

export interface Played {
  readonly evidence: Evidence
  readonly journal: JournalEnd
  readonly ledger: Ledger
}

const START_MS = 1_700_000_000_000
const LENDERS = [11, 12, 13]
const BORROWER = 21

/** Deposits, an auction with an outbid, a cancel and amendments that is allocated, a fixed rate that
 *  expires, and an auction that is withdrawn. */
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
    const writing = writtenAt(at)
    const answer = applyEntry(state, { id, atMs: at, ...writer, commands, writing })
    said.push(answer)
    const { sequence, digest, isDuplicate, timed, answered } = answer
    const commandsBody = encodeCommandBody(commands, at)
    const eventsBody = encodeEventBody(answer)
    const kept = { sequence, id, ...writer, digest, commands: commandsBody, events: eventsBody }
    hash = chainHash(hash, kept)
    const bodies = { commandsBody, eventsBody, commands, writing, isDuplicate, timed, answered }
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
    [
      bid(third, 1, 150_000, 90_000),
      bid(third, 2, 50_000, 150_000),
      open('uniform-auction', 500_000),
    ],
    [
      bid(first, 2, 70_000, 150_000),
      cancel(third, 4),
      bid(first, 3, 60_000, 100_000),
      bid(second, 3, 60_000, 100_000),
    ],
    // Bid 2 keeps its place; bid 3 takes some of what it gave up and more, bid 5 asks another rate, bid 6
    // goes behind bid 7.
    [
      amend(second, 2, 120_000, 110_000),
      amend(third, 3, 200_000, 90_000),
      amend(first, 5, 70_000, 140_000),
      amend(first, 6, 80_000, 100_000),
      amend(second, 6, 90_000, 100_000),
      withdraw(3),
    ],
    [],
    [],
    [],
    [
      review('ApproveListing', 31, 1),
      review('ApproveListing', 31, 1),
      review('ApproveListing', 32, 1),
    ],
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
    ...PLAIN_LISTING,
  }
}

function bid(owner: number | undefined, listing: number, amount: number, rate: number): Command {
  return {
    kind: 'PlaceBid',
    ...asked(owner),
    listingId: listingId(listing),
    amountMinor: minor(amount),
    ratePpm: ratePpm(rate),
    ...PLAIN_BID,
  }
}

function cancel(owner: number | undefined, id: number): Command {
  return { kind: 'CancelBid', ...asked(owner), bidId: bidId(id) }
}

function amend(owner: number | undefined, id: number, amount: number, rate: number): Command {
  return {
    kind: 'AmendBid',
    ...asked(owner),
    bidId: bidId(id),
    amountMinor: minor(amount),
    ratePpm: ratePpm(rate),
  }
}

function withdraw(listing: number): Command {
  return { kind: 'WithdrawListing', ...asked(BORROWER), listingId: listingId(listing) }
}

function review(kind: 'ApproveListing' | 'RejectListing', who: number, listing: number): Command {
  return { kind, ...asked(who), listingId: listingId(listing) }
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
    case 'AmendBid':
      return { ...command, kind: 'amend' }
    case 'OpenListing':
      return { ...command, kind: 'open' }
    case 'WithdrawListing':
      return { ...command, kind: 'withdraw' }
    case 'ApproveListing':
      return { ...command, kind: 'approve' }
    case 'RejectListing':
      return { ...command, kind: 'reject' }
    case 'Deposit':
      return { ...command, kind: 'deposit' }
    default:
      return assertNever(command)
  }
}

type Writable<Row> = { -readonly [Column in keyof Row]: Row[Column] }

/** What settlement would have written, for the columns that the checks read. */
function rowsOf(entries: readonly RecordedEntry[]): Rows {
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
      if (event.kind !== 'LoanDisbursed') continue
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
    ...tellRows(eventsOf({ entries })),
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
    person: [...LENDERS, BORROWER, 31, 32].map((account_id) => ({ account_id })),
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
