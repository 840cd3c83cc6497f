/** How a bot thinks: a pure function from what it sees to what it wants. */
import { isAuction } from '../../../schema/index.ts'
import type { BidId, BidRow, Grade, ListingId, ListingRow } from '../../../schema/index.ts'
import type { Random } from '../../random.ts'

export interface View {
  readonly nowMs: number
  /** Open listings of the whole market, in no order. */
  readonly listings: readonly ListingRow[]
  readonly availableMinor: number
  /** One's own bids that are open. */
  readonly bids: readonly BidRow[]
  readonly random: Random
  /** 0 to 1, another for each bot and always the same: two of a kind do not think alike. */
  readonly taste: number
}

export type Wish =
  | {
      readonly kind: 'bid'
      readonly listingId: ListingId
      readonly amountMinor: number
      readonly ratePpm: number
    }
  | { readonly kind: 'cancel'; readonly bidId: BidId }
  | {
      readonly kind: 'amend'
      readonly bidId: BidId
      readonly amountMinor: number
      readonly ratePpm: number
    }

export interface Strategy {
  readonly name: string
  /** Bots of this kind in a hundred. */
  readonly share: number
  /** What they bring along, and what comes in each time it runs low. */
  readonly cashMinor: number
  readonly savingsMinor: number
  /** Empty when there is nothing worth doing now. */
  decide(view: View): readonly Wish[]
}

/** What LendingClub's loans of a grade paid in 2018, about: what is above looks like a bargain. */
const USUAL_RATE_PPM: Readonly<Record<Grade, number>> = {
  A: 71_000,
  B: 105_000,
  C: 141_000,
  D: 190_000,
  E: 247_000,
  F: 292_000,
  G: 308_000,
}

/** The best of a few that one happens to look at: nobody reads the whole market. */
export function browse(
  { listings, random }: View,
  looks: number,
  score: (listing: ListingRow) => number,
): ListingRow | null {
  let best: ListingRow | null = null
  let bestScore = 0
  for (let look = 0; look < looks && listings.length > 0; look++) {
    const listing = random.pick(listings)
    const value = score(listing)
    if (value > bestScore) [best, bestScore] = [listing, value]
  }
  return best
}

/** What makes a listing attractive to most: others trust it already, and it pays for its risk. Above
 *  zero always. */
export function appeal(listing: ListingRow): number {
  const progress = listing.fundedMinor / listing.amountMinor
  const bargain = listing.ratePpm / USUAL_RATE_PPM[listing.grade]
  return (0.1 + progress) * bargain ** 2
}

/** A bid on `listing` of about `wantedMinor`, or null when the rules or one's cash leave no room: no
 *  bid may leave a rest smaller than the minimum bid. */
export function bidOn(
  listing: ListingRow,
  wantedMinor: number,
  ratePpm: number,
  availableMinor: number,
): Wish | null {
  const { mode, minBidMinor } = listing
  const openMinor = Math.max(0, listing.amountMinor - listing.fundedMinor)
  const isFirstCome = !isAuction(mode) && mode !== 'pro-rata'
  const roomMinor = isFirstCome ? openMinor : listing.amountMinor
  let amountMinor = Math.min(wantedMinor, availableMinor, roomMinor)
  const restMinor = openMinor - amountMinor
  if (mode !== 'pro-rata' && restMinor > 0 && restMinor < minBidMinor)
    amountMinor = availableMinor >= openMinor ? openMinor : openMinor - minBidMinor
  if (amountMinor < minBidMinor) return null
  return { kind: 'bid', listingId: listing.listingId, amountMinor, ratePpm }
}

/** In steps that a person would use. */
const RATE_STEP_PPM = 500

/** What to ask for: the fixed rate; in an auction a little less than what would win now, but never less than
 *  `floor` of the ceiling. Null when that would not win. */
export function askingRate(listing: ListingRow, random: Random, floor: number): number | null {
  if (!isAuction(listing.mode)) return listing.ratePpm
  const isCovered = listing.fundedMinor >= listing.amountMinor
  const below = random.between(isCovered ? 1 : 0, 8) * RATE_STEP_PPM
  const wanted = (isCovered ? listing.clearingRatePpm : listing.ratePpm) - below
  const rate = Math.floor(wanted / RATE_STEP_PPM) * RATE_STEP_PPM
  return rate < listing.ratePpm * floor ? null : rate
}

/** The amount of one note: the median is $50, as it was at Prosper. */
export function noteMinor(random: Random): number {
  return random.weighed(NOTE_SIZES)
}

const NOTE_SIZES = [
  [18, 2_500],
  [42, 5_000],
  [12, 7_500],
  [16, 10_000],
  [8, 20_000],
  [4, 50_000],
] as const
