/** The same messages packed and read by functions written by hand for each kind: what the derived ones
 *  are held against. They know the kinds of schema version 1, which the streams are made of, with the fields of
 *  version 5. */
import {
  assert,
  assertNever,
  BID_RANKS,
  FUNDING_MODES,
  GRADES,
  named,
  PURPOSES,
  rejectCodeOf,
  REJECTS,
  TIMES_IN_FORCE,
} from '../../schema/index.ts'
import type { Answer, Command, Event, Fill, Tuple } from '../../schema/index.ts'

/** What schema version 1 had words for. */
export type FormerCommand = Extract<
  Command,
  { readonly kind: 'PlaceBid' | 'CancelBid' | 'Deposit' | 'OpenListing' }
>
export type FormerEvent = Exclude<
  Event,
  {
    readonly kind:
      | 'BidAmended'
      | 'BidsReleased'
      | 'ListingWithdrawn'
      | 'BiddingOpened'
      | 'BidsCut'
      | 'ListingApproved'
      | 'ListingRejected'
      | 'ReviewLapsed'
  }
>

export function packCommand(c: FormerCommand): Tuple {
  switch (c.kind) {
    case 'PlaceBid':
      return [
        3,
        c.key,
        c.accountId,
        c.deadlineMs,
        c.listingId,
        c.amountMinor,
        c.ratePpm,
        c.minFillMinor,
        BID_RANKS.indexOf(c.rank),
        TIMES_IN_FORCE.indexOf(c.timeInForce),
      ]
    case 'CancelBid':
      return [4, c.key, c.accountId, c.deadlineMs, c.bidId]
    case 'Deposit':
      return [1, c.key, c.accountId, c.deadlineMs, c.amountMinor]
    case 'OpenListing':
      return [
        2,
        c.key,
        c.accountId,
        c.deadlineMs,
        FUNDING_MODES.indexOf(c.mode),
        c.amountMinor,
        c.ratePpm,
        c.termMonths,
        c.minBidMinor,
        c.openMs,
        GRADES.indexOf(c.grade),
        PURPOSES.indexOf(c.purpose),
        c.floorMinor,
        c.opensInMs,
      ]
    default:
      return assertNever(c)
  }
}

export function readCommand(t: Tuple): FormerCommand {
  switch (t[0]) {
    case 3:
      assert(t.length === 10, 'PlaceBid has 10 parts')
      return {
        kind: 'PlaceBid',
        key: t[1],
        accountId: t[2],
        deadlineMs: t[3],
        listingId: t[4],
        amountMinor: t[5],
        ratePpm: t[6],
        minFillMinor: t[7],
        rank: named(BID_RANKS, t[8]),
        timeInForce: named(TIMES_IN_FORCE, t[9]),
      } as FormerCommand
    case 4:
      assert(t.length === 5, 'CancelBid has 5 parts')
      return {
        kind: 'CancelBid',
        key: t[1],
        accountId: t[2],
        deadlineMs: t[3],
        bidId: t[4],
      } as FormerCommand
    case 1:
      assert(t.length === 5, 'Deposit has 5 parts')
      return {
        kind: 'Deposit',
        key: t[1],
        accountId: t[2],
        deadlineMs: t[3],
        amountMinor: t[4],
      } as FormerCommand
    case 2:
      assert(t.length === 14, 'OpenListing has 14 parts')
      return {
        kind: 'OpenListing',
        key: t[1],
        accountId: t[2],
        deadlineMs: t[3],
        mode: named(FUNDING_MODES, t[4]),
        amountMinor: t[5],
        ratePpm: t[6],
        termMonths: t[7],
        minBidMinor: t[8],
        openMs: t[9],
        grade: named(GRADES, t[10]),
        purpose: named(PURPOSES, t[11]),
        floorMinor: t[12],
        opensInMs: t[13],
      } as FormerCommand
    default:
      assert(false, `command ${String(t[0])} is not known`)
  }
}

export function packEvent(e: FormerEvent): Tuple {
  switch (e.kind) {
    case 'BidPlaced': {
      const { bidId, listingId, accountId, amountMinor, acceptedMinor, ratePpm, key } = e
      const flags = [e.minFillMinor, BID_RANKS.indexOf(e.rank)]
      return [3, bidId, listingId, accountId, amountMinor, acceptedMinor, ratePpm, key, ...flags]
    }
    case 'BidOutbid':
      return [4, e.bidId, e.listingId, e.accountId, e.releasedMinor, e.acceptedMinor]
    case 'BidCancelled':
      return [5, e.bidId, e.listingId, e.accountId, e.releasedMinor]
    case 'Refused':
      return [9, e.accountId, e.key, REJECTS[e.code].number]
    case 'Repeated':
      return [10, e.accountId, e.key, e.sequence, packEvent(e.answer as FormerEvent)]
    case 'Deposited':
      return [1, e.accountId, e.amountMinor]
    case 'ListingOpened':
      return [
        2,
        e.listingId,
        e.borrowerId,
        FUNDING_MODES.indexOf(e.mode),
        e.amountMinor,
        e.ratePpm,
        e.termMonths,
        e.minBidMinor,
        e.closesAtMs,
        GRADES.indexOf(e.grade),
        PURPOSES.indexOf(e.purpose),
        e.floorMinor,
        e.opensAtMs,
      ]
    case 'ListingAllocated':
      return [6, e.listingId, e.ratePpm, packFills(e.fills), e.vcgRatePpm, e.reviewByMs]
    case 'LoanDisbursed': {
      const { listingId, borrowerId, amountMinor, ratePpm, termMonths, fills } = e
      const loan = [listingId, borrowerId, amountMinor, ratePpm, termMonths]
      return [7, ...loan, packFills(fills), e.firstClaimId]
    }
    case 'ListingExpired':
      return [8, e.listingId, packFills(e.released)]
    default:
      return assertNever(e)
  }
}

export function readEvent(t: Tuple): FormerEvent {
  switch (t[0]) {
    case 3:
      assert(t.length === 10, 'BidPlaced has 10 parts')
      return {
        kind: 'BidPlaced',
        bidId: t[1],
        listingId: t[2],
        accountId: t[3],
        amountMinor: t[4],
        acceptedMinor: t[5],
        ratePpm: t[6],
        key: t[7],
        minFillMinor: t[8],
        rank: named(BID_RANKS, t[9]),
      } as FormerEvent
    case 4:
      assert(t.length === 6, 'BidOutbid has 6 parts')
      return {
        kind: 'BidOutbid',
        bidId: t[1],
        listingId: t[2],
        accountId: t[3],
        releasedMinor: t[4],
        acceptedMinor: t[5],
      } as FormerEvent
    case 5:
      assert(t.length === 5, 'BidCancelled has 5 parts')
      return {
        kind: 'BidCancelled',
        bidId: t[1],
        listingId: t[2],
        accountId: t[3],
        releasedMinor: t[4],
      } as FormerEvent
    case 9: {
      assert(t.length === 4, 'Refused has 4 parts')
      const code = rejectCodeOf(t[3])
      assert(code !== null, 'a refusal is in the table')
      return { kind: 'Refused', accountId: t[1], key: t[2], code } as FormerEvent
    }
    case 10:
      assert(t.length === 5, 'Repeated has 5 parts')
      return {
        kind: 'Repeated',
        accountId: t[1],
        key: t[2],
        sequence: t[3],
        answer: readEvent(t[4] as Tuple) as Answer,
      } as FormerEvent
    case 1:
      assert(t.length === 3, 'Deposited has 3 parts')
      return { kind: 'Deposited', accountId: t[1], amountMinor: t[2] } as FormerEvent
    case 2:
      assert(t.length === 13, 'ListingOpened has 13 parts')
      return {
        kind: 'ListingOpened',
        listingId: t[1],
        borrowerId: t[2],
        mode: named(FUNDING_MODES, t[3]),
        amountMinor: t[4],
        ratePpm: t[5],
        termMonths: t[6],
        minBidMinor: t[7],
        closesAtMs: t[8],
        grade: named(GRADES, t[9]),
        purpose: named(PURPOSES, t[10]),
        floorMinor: t[11],
        opensAtMs: t[12],
      } as FormerEvent
    case 6:
      assert(t.length === 6, 'ListingAllocated has 6 parts')
      return {
        kind: 'ListingAllocated',
        listingId: t[1],
        ratePpm: t[2],
        fills: readFills(t[3]),
        vcgRatePpm: t[4],
        reviewByMs: t[5],
      } as FormerEvent
    case 7:
      assert(t.length === 8, 'LoanDisbursed has 8 parts')
      return {
        kind: 'LoanDisbursed',
        listingId: t[1],
        borrowerId: t[2],
        amountMinor: t[3],
        ratePpm: t[4],
        termMonths: t[5],
        fills: readFills(t[6]),
        firstClaimId: t[7],
      } as FormerEvent
    case 8:
      assert(t.length === 3, 'ListingExpired has 3 parts')
      return { kind: 'ListingExpired', listingId: t[1], released: readFills(t[2]) } as FormerEvent
    default:
      assert(false, `event ${String(t[0])} is not known`)
  }
}

function packFills(fills: readonly Fill[]): readonly number[] {
  const flat: number[] = []
  for (const fill of fills) flat.push(fill.bidId, fill.accountId, fill.amountMinor)
  return flat
}

function readFills(packed: unknown): readonly Fill[] {
  const flat = packed as readonly number[]
  assert(flat.length % 3 === 0, 'a fill has 3 parts')
  const fills: Fill[] = []
  for (let index = 0; index < flat.length; index += 3)
    fills.push({
      bidId: flat[index],
      accountId: flat[index + 1],
      amountMinor: flat[index + 2],
    } as Fill)
  return fills
}

/** The same with every field checked, as the derived reader does. */
export function readCommandChecked(t: Tuple): FormerCommand {
  const [code, key, accountId, deadlineMs, a, b, c, d, e, f, g, h] = t
  assert(isKey(key) && isWhole(accountId) && isWhole(deadlineMs), 'who asks, under which key')
  if (code === 3) assert(isWhole(a) && isWhole(b) && isWhole(c), 'PlaceBid holds numbers')
  else if (code === 4 || code === 1) assert(isWhole(a), 'CancelBid and Deposit hold a number')
  else {
    assert(isWhole(b) && isWhole(c) && isWhole(d), 'OpenListing holds numbers')
    assert(isWhole(e) && isWhole(f) && isWhole(a) && isWhole(g) && isWhole(h), 'and places')
  }
  return readCommand(t)
}

export function readEventChecked(t: Tuple): FormerEvent {
  switch (t[0]) {
    case 3:
      assert(isWhole(t[1]) && isWhole(t[2]) && isWhole(t[3]), 'BidPlaced holds ids')
      assert(isWhole(t[4]) && isWhole(t[5]) && isWhole(t[6]), 'BidPlaced holds numbers')
      break
    case 4:
      assert(isWhole(t[1]) && isWhole(t[2]) && isWhole(t[3]), 'BidOutbid holds ids')
      assert(isWhole(t[4]) && isWhole(t[5]), 'BidOutbid holds numbers')
      break
    case 5:
      assert(isWhole(t[1]) && isWhole(t[2]), 'BidCancelled holds ids')
      assert(isWhole(t[3]) && isWhole(t[4]), 'BidCancelled holds numbers')
      break
    case 9:
      assert(isWhole(t[1]) && isKey(t[2]) && isWhole(t[3]), 'Refused holds a key and numbers')
      break
    case 10:
      assert(isWhole(t[1]) && isKey(t[2]) && isWhole(t[3]), 'Repeated holds a key and numbers')
      break
    case 6:
      assert((t[3] as readonly unknown[]).every(isWhole), 'ListingAllocated holds fills')
      break
    case 7:
      assert((t[6] as readonly unknown[]).every(isWhole), 'LoanDisbursed holds fills')
      break
    case 8:
      assert((t[2] as readonly unknown[]).every(isWhole), 'ListingExpired holds fills')
      break
    default:
      assert(isWhole(t[1]) && isWhole(t[2]), 'the rest hold numbers')
  }
  return readEvent(t)
}

function isWhole(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function isKey(value: unknown): boolean {
  return typeof value === 'string' && value.length === 36
}
