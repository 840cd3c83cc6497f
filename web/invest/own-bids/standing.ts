/** How one's own open bids stand: what is in which book, and what comes before it. */
import { computed } from 'vue'
import { bidsStore } from '../../data/feed/index.ts'
import type { BidId, BidRow, BookLevel, ListingId, RatePpm } from '../../data/vocabulary.ts'

/** What one has in the books, by listing. */
export const ownByListing = computed(() => {
  const held = new Map<ListingId, number>()
  for (const { status, listingId, acceptedMinor } of bidsStore.bids.value)
    if (status === 'open') held.set(listingId, (held.get(listingId) ?? 0) + acceptedMinor)
  return held
})

export const ownBidIds = computed<ReadonlySet<BidId>>(
  () => new Set(bidsStore.bids.value.map(({ bidId }) => bidId)),
)

export interface Standing {
  readonly ratePpm: RatePpm
  readonly acceptedMinor: number
  /** The rate's place among the rates of the book, the lowest being 1. */
  readonly place: number
  readonly rates: number
  /** Bid at lower rates, and so served first. */
  readonly aheadMinor: number
  /** At the highest rate of a covered book: a better bid pushes these out first. */
  readonly isLast: boolean
}

/** One's own open bids on one listing, by rate, best first.
 *
 *  @param levels best rate first */
export function standingsOf(
  bids: readonly BidRow[],
  levels: readonly BookLevel[],
  isCovered: boolean,
): readonly Standing[] {
  const byRate = new Map<RatePpm, number>()
  for (const { status, ratePpm, acceptedMinor } of bids)
    if (status === 'open') byRate.set(ratePpm, (byRate.get(ratePpm) ?? 0) + acceptedMinor)
  const standings: Standing[] = []
  let aheadMinor = 0
  for (const [index, [ratePpm, amountMinor]] of levels.entries()) {
    const acceptedMinor = byRate.get(ratePpm)
    if (acceptedMinor !== undefined) {
      const isLast = isCovered && index === levels.length - 1
      const place = index + 1
      standings.push({ ratePpm, acceptedMinor, place, rates: levels.length, aheadMinor, isLast })
    }
    aheadMinor += amountMinor
  }
  return standings
}
