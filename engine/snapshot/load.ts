/** Builds a state from its rows and proves it: counts, holds, cash and the digest must come out as
 *  they were when the snapshot was taken. */
import {
  assert,
  BID_RANKS,
  claimId,
  FUNDING_MODES,
  GRADES,
  named,
  PURPOSES,
  SCHEMA_VERSION,
  stateDigestOf,
  traceOf,
  WRITING_SINCE,
} from '../../schema/index.ts'
import type { AccountId } from '../../schema/index.ts'
import { newAccount } from '../cash/account.ts'
import type { Account } from '../cash/account.ts'
import { newBid } from '../market/book/bid.ts'
import type { BookRegistry } from '../market/book/book.ts'
import { FAST_BOOKS } from '../market/book/books.ts'
import { assertCashIsWhole } from '../cash/cash.ts'
import { DigestSum } from '../digest/digest.ts'
import { assertHoldsAreBids } from '../market/open-bids.ts'
import { recomputeDigest } from '../digest/recompute.ts'
import { Trace } from '../digest/trace.ts'
import { proofOf } from './dump.ts'
import { addRows } from './proof.ts'
import { lostIn, metaRow, rowsOf, stageIn } from './snapshot-rows.ts'
import type { SnapshotChunk, SnapshotRows, SnapshotSection } from './snapshot-rows.ts'
import { MARKET_LIMITS } from '../market-limits.ts'
import type { MarketLimits } from '../market-limits.ts'
import { createState } from '../state.ts'
import type { State } from '../state.ts'

const BIDS_PER_STEP = 1_024

/** Takes the chunks in the order in which `dumpState` gave them. Replaying the journal after the
 *  snapshot's entry then gives the same events and digests again. */
export function loadState(
  chunks: Iterable<SnapshotChunk>,
  books: BookRegistry = FAST_BOOKS,
  limits: MarketLimits = MARKET_LIMITS,
): State {
  const steps = loadInSteps(chunks, books, limits)
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
  }
}

/** The same in steps of some rows each, for whoever has other work meanwhile. */
export function* loadInSteps(
  chunks: Iterable<SnapshotChunk>,
  books: BookRegistry = FAST_BOOKS,
  limits: MarketLimits = MARKET_LIMITS,
): Generator<undefined, State> {
  const state = createState(books, limits)
  let meta: SnapshotRows['meta'] | null = null
  let proof: string | null = null
  const read = new Trace()
  for (const chunk of chunks) {
    if (chunk.section === 'meta') meta = metaRow(chunk)
    else if (chunk.section === 'proof') proof = rowsOf(chunk, 'proof')[0]?.[0] ?? null
    else addRows(read, chunk)
    restoreRows(state, chunk, chunk.section)
    yield
  }
  assert(meta !== null, 'a snapshot begins with its meta row')
  yield* restoreBooks(state)
  assertComplete(state, meta)
  const [version] = meta
  if (version >= WRITING_SINCE)
    assert(read.hex() === proof, 'every row of the snapshot is as it was written')
  // A former version had fewer columns.
  if (version === SCHEMA_VERSION)
    assert(
      (yield* proofOf(state)) === proof,
      'every row of the snapshot is in the state, and nothing else',
    )
  return state
}

function restoreRows<Section extends SnapshotSection>(
  state: State,
  chunk: SnapshotChunk,
  section: Section,
): void {
  const restore: (state: State, row: SnapshotRows[Section]) => void = RESTORE[section]
  for (const row of rowsOf(chunk, section)) restore(state, row)
}

const RESTORE: {
  readonly [Section in SnapshotSection]: (state: State, row: SnapshotRows[Section]) => void
} = {
  meta: restoreMeta,
  accounts: restoreAccount,
  listings: restoreListing,
  bids: restoreBid,
  keys: restoreKey,
  sources: (state, [source, batch]) => state.sources.restore(source, batch),
  ended: restoreEnded,
  proof: () => {},
}

function restoreMeta(state: State, row: SnapshotRows['meta']): void {
  const [, sequence, id, digest, epochMs, nextListingId, nextBidId, depositedMinor] = row
  const nextClaimId = row[13] ?? claimId(nextBidId)
  state.sequence = sequence
  state.id = id
  state.digest = DigestSum.from(stateDigestOf(digest))
  const trace = traceOf(digest)
  state.trace = trace === null ? null : Trace.from(trace)
  state.epochMs = epochMs
  state.nextListingId = nextListingId
  state.nextBidId = nextBidId
  state.nextClaimId = nextClaimId
  // Unless the snapshot says more, which a former version does not.
  state.endedBids.notedFrom = nextBidId
  state.cash.depositedMinor = depositedMinor
}

function restoreAccount(state: State, row: SnapshotRows['accounts']): void {
  const [accountId, availableMinor, heldMinor, forgottenMs] = row
  const account = newAccount(accountId, state.accounts.size)
  account.availableMinor = availableMinor
  account.heldMinor = heldMinor
  account.forgottenMs = forgottenMs
  state.accounts.set(accountId, account)
  state.cash.availableMinor += availableMinor
  state.cash.heldMinor += heldMinor
}

function restoreListing(state: State, row: SnapshotRows['listings']): void {
  const [listingId, borrowerId, mode, grade, purpose, amountMinor, ratePpm, termMonths] = row
  const [, , , , , , , , minBidMinor, openedAtMs, closesAtMs] = row
  const name = named(FUNDING_MODES, mode)
  const bidsMax = state.limits.bidsPerListingMax
  const listing = {
    listingId,
    borrowerId,
    mode: name,
    amountMinor,
    ratePpm,
    termMonths,
    minBidMinor,
    openedAtMs,
    opensAtMs: row[15] ?? openedAtMs,
    closesAtMs,
    floorMinor: row[14] ?? amountMinor,
    grade: named(GRADES, grade),
    purpose: named(PURPOSES, purpose),
    book: state.books[name]({ amountMinor, ratePpm, minBidMinor, bidsMax }),
    stage: stageIn(row),
    approvedBy: row[17] ?? (0 as const),
    reviewByMs: row[18] ?? (0 as const),
    timerPlace: 0,
  }
  for (const level of lostIn(row)) listing.book.restoreLost(level)
  state.listings.set(listingId, listing)
}

function restoreBid(state: State, row: SnapshotRows['bids']): void {
  const [bidId, listingId, accountId, amountMinor, acceptedMinor, ratePpm, placedAtMs] = row
  const place = row[7] ?? bidId
  const account = accountOf(state, accountId)
  const flags = { minFillMinor: row[9] ?? 0, rank: named(BID_RANKS, row[10] ?? 0) }
  const terms = { amountMinor, acceptedMinor, ratePpm, place, key: row[8] ?? null, ...flags }
  state.bids.add(newBid({ bidId, listingId, account, ...terms, placedAtMs }))
  account.biddenMinor += acceptedMinor
}

function restoreEnded(state: State, [bidId, owner]: SnapshotRows['ended']): void {
  if (owner === 0) state.endedBids.notedFrom = bidId
  else state.endedBids.restore(bidId, owner)
}

/** Books are in the order of places, rows in that of ids: an amended bid may stand behind later ones.
 *  What is due is known once they are filled: a listing may be complete and wait for its closing. */
function* restoreBooks(state: State): Generator<undefined> {
  const bids = [...state.bids.values()]
  if (bids.some(({ bidId, place }) => bidId !== place)) bids.sort((a, b) => a.place - b.place)
  for (const [index, bid] of bids.entries()) {
    const listing = state.listings.get(bid.listingId)
    assert(listing !== undefined, 'a bid lies in an open listing')
    listing.book.restore(bid)
    if (index % BIDS_PER_STEP === 0) yield
  }
  for (const listing of state.listings.values()) state.timers.add(listing)
}

function restoreKey(state: State, row: SnapshotRows['keys']): void {
  const [accountId, first, second, third, fourth, high, low, sequence, code, ...numbers] = row
  const [given, givenToo, ...more] = numbers
  state.keys.restore(accountOf(state, accountId), {
    words: { first, second, third, fourth },
    fingerprint: { high, low },
    sequence,
    answer: { code, given, givenToo, more },
  })
}

function accountOf(state: State, accountId: AccountId): Account {
  const account = state.accounts.get(accountId)
  assert(account !== undefined, 'the accounts come before what belongs to them')
  return account
}

function assertComplete(state: State, meta: SnapshotRows['meta']): void {
  const [, , , digest, , , , , accounts, listings, bids, keys, sources] = meta
  assert(state.accounts.size === accounts, 'the snapshot has all accounts')
  assert(state.listings.size === listings, 'the snapshot has all listings')
  assert(state.bids.size === bids, 'the snapshot has all bids')
  assert(state.keys.size === keys, 'the snapshot has all keys')
  assert(state.sources.size === sources, 'the snapshot has all sources')
  for (const account of state.accounts.values()) assertHoldsAreBids(account)
  assertCashIsWhole(state)
  assert(
    recomputeDigest(state) === stateDigestOf(digest),
    'the snapshot has the digest of its entry',
  )
}
