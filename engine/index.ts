/** The engine's core: a pure function of the journal. No I/O, no clock, no randomness, no floats. */
export { apply, applyEntry } from './apply.ts'
export { nextDue } from './market/closing.ts'
export { dueAtMs } from './market/listing.ts'
export type { ListingStage } from './market/listing.ts'
export { createState, digestOf } from './state.ts'
export type { State } from './state.ts'
export { MARKET_LIMITS } from './market-limits.ts'
export type { MarketLimits } from './market-limits.ts'
export { weightedRatePpm } from './market/book/book.ts'
export { vcgRatePpm } from './market/book/vcg.ts'
export type { VcgBid } from './market/book/vcg.ts'
export { OpenBidTable } from './market/open-bid-table.ts'
export {
  accountTerm,
  bidTerm,
  DigestSum,
  listingTerm,
  placeTerm,
  stageTerm,
} from './digest/digest.ts'
export type { Term } from './digest/digest.ts'
export { recomputeDigest } from './digest/recompute.ts'
export { SnapshotCut } from './snapshot/cut.ts'
export { dumpState } from './snapshot/dump.ts'
export { loadState } from './snapshot/load.ts'
export { loadStateAt, loadStateAtInSteps } from './snapshot/state-at.ts'
export { readMarket } from './snapshot/read-market.ts'
export type {
  SnapshotAccount,
  SnapshotBid,
  SnapshotListing,
  SnapshotMarket,
  SnapshotMeta,
} from './snapshot/read-market.ts'
export type { SnapshotChunk, SnapshotSection } from './snapshot/snapshot-rows.ts'
export { dateOf, dayAt } from './loan/arithmetic/calendar.ts'
export type { RepaymentSchedule } from './loan/arithmetic/schedule.ts'
export { annuityOf } from './loan/product.ts'
