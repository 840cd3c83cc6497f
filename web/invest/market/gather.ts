/** The tape, gathered: bids on one listing at one rate are one line, or twenty near-identical lines a second
 *  would tell nothing. */
import type { BidId, FillRow, ListingId, RatePpm } from '../../data/vocabulary.ts'

export interface TapeLine {
  readonly listingId: ListingId
  readonly ratePpm: RatePpm
  readonly amountMinor: number
  readonly bids: number
  /** Of its newest bid. */
  readonly atMs: number
  readonly newestId: BidId
  /** What of it is one's own. */
  readonly ownMinor: number
}

/** Newest line first.
 *
 *  @param fills newest first */
export function gatherFills(
  fills: readonly FillRow[],
  own: ReadonlySet<BidId>,
): readonly TapeLine[] {
  const lines = new Map<string, { -readonly [Name in keyof TapeLine]: TapeLine[Name] }>()
  for (const { bidId, listingId, ratePpm, amountMinor, atMs } of fills) {
    const name = `${listingId} ${ratePpm}`
    const line = lines.get(name)
    const ownMinor = own.has(bidId) ? amountMinor : 0
    if (line === undefined)
      lines.set(name, { listingId, ratePpm, amountMinor, bids: 1, atMs, newestId: bidId, ownMinor })
    else {
      line.amountMinor += amountMinor
      line.bids++
      line.ownMinor += ownMinor
    }
  }
  return [...lines.values()]
}
