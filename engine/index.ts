/** The engine's core: a pure function of the journal. No I/O, no clock, no randomness, no floats. */
export { apply, applyEntry } from './apply.ts'
export { nextToClose } from './closing.ts'
export { createState } from './state.ts'
export type { State } from './state.ts'
export { OpenBidTable } from './open-bid-table.ts'
export { accountTerm, bidTerm, DigestSum, listingTerm } from './digest.ts'
export type { Term } from './digest.ts'
export { recomputeDigest } from './recompute.ts'
export { dumpState } from './dump.ts'
export { loadState } from './load.ts'
export { readMarket } from './read-market.ts'
export type {
  SnapshotAccount,
  SnapshotBid,
  SnapshotListing,
  SnapshotMarket,
  SnapshotMeta,
} from './read-market.ts'
export type { SnapshotChunk, SnapshotSection } from './snapshot-rows.ts'
export { annuitySchedule } from './loan/annuity.ts'
export type { AnnuitySchedule, AnnuityTerms, Instalment } from './loan/annuity.ts'
