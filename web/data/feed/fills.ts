import { TAPE_FILLS_MAX } from '../../../schema/limit.ts'
import type { BidId, FillRow } from '../vocabulary.ts'

/** The newest fills, newest first. Bid ids count up, so the id is the order; a fill told twice (by a
 *  snapshot and a query, say) is one. */
export function mergeFills(
  shown: readonly FillRow[],
  more: Iterable<FillRow>,
  rowsMax = TAPE_FILLS_MAX,
): readonly FillRow[] {
  const byId = new Map<BidId, FillRow>()
  for (const fill of shown) byId.set(fill.bidId, fill)
  for (const fill of more) byId.set(fill.bidId, fill)
  return [...byId.values()].sort((a, b) => b.bidId - a.bidId).slice(0, rowsMax)
}
