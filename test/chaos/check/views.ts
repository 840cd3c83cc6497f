/** What people see is what the ledger says: after any number of reconnections each investor's own
 *  channels add up to the balances, and no bid is shown as open that has ended. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Evidence } from '../evidence.ts'
import type { Follower } from '../follower.ts'
import type { Findings } from './violation.ts'

const AVAILABLE = 2001
const HELD = 2002
const LOOK_EVERY_MS = 20

interface Viewer {
  readonly accountId: number
  readonly follower: Pick<Follower, 'cash' | 'openBids' | 'steppedBack'>
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
  const open = new Set(evidence.bid.filter(({ status }) => status === 'open').map((b) => b.bid_id))
  const deadline = Date.now() + patienceMs
  for (const { accountId, follower } of viewers) {
    const available = balances.get(`${AVAILABLE}/${accountId}`) ?? 0
    const held = balances.get(`${HELD}/${accountId}`) ?? 0
    const seesCash = () =>
      follower.cash?.availableMinor === available && follower.cash.heldMinor === held
    const seesBids = () => [...follower.openBids.keys()].every((bidId) => open.has(bidId))
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
      () => `account ${accountId} sees bids ${[...follower.openBids.keys()].join(' ')} as open`,
    )
    findings.expect(
      follower.steppedBack === 0,
      'stale-view',
      () => `account ${accountId} heard ${follower.steppedBack} deltas older than the one before`,
    )
  }
}
