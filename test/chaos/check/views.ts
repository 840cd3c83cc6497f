/** What people see is what the records say: after any number of reconnections each investor's own
 *  channels add up to the balances, no bid is shown as open that has ended, and bids and listings have
 *  the terms, the amounts and the end that they have in the tables. */
import { setTimeout as wait } from 'node:timers/promises'
import type { BidRow } from '../../../schema/index.ts'
import type { Evidence, Rows } from '../evidence.ts'
import type { Follower } from '../follower.ts'
import type { Onlooker } from '../onlooker.ts'
import type { Findings } from './violation.ts'

const AVAILABLE = 2001
const HELD = 2002
const LOOK_EVERY_MS = 20

interface Viewer {
  readonly accountId: number
  readonly follower: Pick<Follower, 'cash' | 'openBids' | 'endedBids' | 'steppedBack'>
}

/** @param patienceMs for a client that has just lost its gateway: it needs a moment to come back */
export async function checkViews(
  evidence: Evidence,
  viewers: readonly Viewer[],
  findings: Findings,
  patienceMs: number,
): Promise<void> {
  const balances = new Map<string, number>()
  for (const { code, owner, debits_minor, credits_minor } of evidence.ledger_account)
    balances.set(`${code}/${owner}`, credits_minor - debits_minor)
  const bids = new Map(evidence.bid.map((row) => [row.bid_id, row]))
  const closedAt = new Map(evidence.listing.map((row) => [row.listing_id, row.clearing_rate_ppm]))
  const deadline = Date.now() + patienceMs
  for (const { accountId, follower } of viewers) {
    const available = balances.get(`${AVAILABLE}/${accountId}`) ?? 0
    const held = balances.get(`${HELD}/${accountId}`) ?? 0
    const seesCash = () =>
      follower.cash?.availableMinor === available && follower.cash.heldMinor === held
    const wrongBids = () =>
      [...follower.openBids.values(), ...follower.endedBids.values()].filter(
        (seen) => !isAsRecorded(seen, bids.get(seen.bidId), closedAt.get(seen.listingId)),
      )
    const seesBids = () => wrongBids().length === 0
    while (!(seesCash() && seesBids()) && Date.now() < deadline) await wait(LOOK_EVERY_MS)
    findings.expect(
      seesCash(),
      'stale-view',
      () =>
        `account ${accountId} sees ${JSON.stringify(follower.cash)}, has ${available} + ${held}`,
    )
    findings.expect(
      seesBids(),
      'stale-view',
      () => `account ${accountId} sees bids otherwise: ${JSON.stringify(wrongBids().slice(0, 3))}`,
    )
    findings.expect(
      follower.steppedBack === 0,
      'stale-view',
      () => `account ${accountId} heard ${follower.steppedBack} deltas older than the one before`,
    )
  }
}

function isAsRecorded(
  seen: BidRow,
  row: Rows['bid'][number] | undefined,
  clearingRatePpm: number | null | undefined,
): boolean {
  return (
    row !== undefined &&
    seen.earnedRatePpm === (row.status === 'won' ? clearingRatePpm : row.rate_ppm) &&
    seen.status === row.status &&
    seen.listingId === row.listing_id &&
    seen.amountMinor === row.amount_minor &&
    seen.acceptedMinor === row.accepted_minor &&
    seen.ratePpm === row.rate_ppm
  )
}

/** The public channel: a listing that was seen closes as it closed in the tables. */
export async function checkOnlooker(
  { listing }: Evidence,
  { listings }: Pick<Onlooker, 'listings'>,
  findings: Findings,
  patienceMs: number,
): Promise<void> {
  const wrong = () =>
    listing.filter((row) => {
      const seen = listings.get(row.listing_id)
      return (
        seen !== undefined &&
        (seen.status !== row.status ||
          seen.fundedMinor !== row.funded_minor ||
          seen.bidCount !== row.bid_count)
      )
    })
  const deadline = Date.now() + patienceMs
  while (wrong().length > 0 && Date.now() < deadline) await wait(LOOK_EVERY_MS)
  for (const row of wrong())
    findings.add(
      'stale-view',
      `listing ${row.listing_id} is shown as ${JSON.stringify(listings.get(row.listing_id))}, it is ${JSON.stringify(row)}`,
    )
}
