/** What the market shows of listings and bids, in answers and on channels. */
import { z } from 'zod'
import {
  account,
  bid,
  count,
  listing,
  minorUnits,
  moment,
  momentOrNone,
  oneOf,
  position,
  rate,
} from '../declare/field.ts'
import { row, said } from '../declare/shape.ts'
import type { Said } from '../declare/shape.ts'
import type { ListingId, Minor, RatePpm } from '../unit.ts'
import { BID_FLAGS, BID_KEY, SHOWN, TERMS } from './event.ts'
import { BID_STATUSES, LISTING_STATUSES } from './terms.ts'

const LISTING_FIELDS = {
  listingId: listing('The listing.'),
  borrowerId: account('The borrower.'),
  mode: TERMS.mode,
  status: oneOf('status', LISTING_STATUSES, 'How it stands.'),
  amountMinor: TERMS.amountMinor,
  fundedMinor: minorUnits(
    'What the book has accepted so far; of a window that is shared out at its end perhaps more than the amount.',
  ),
  ratePpm: TERMS.ratePpm,
  clearingRatePpm: rate(
    'The rate at which it would close now; the rate of the loan once it is full.',
  ),
  termMonths: TERMS.termMonths,
  minBidMinor: TERMS.minBidMinor,
  bidCount: count('How many bids its book holds.'),
  openedAtMs: moment('When it was opened.'),
  closesAtMs: moment('When it closes if it is not funded before.'),
  closedAtMs: momentOrNone('When it came to its end, as a loan or without one; 0 before.'),
  ...SHOWN,
  floorMinor: minorUnits(
    'With so much at its closing time it is funded: its amount, unless its borrower takes less.',
  ),
  opensAtMs: moment('From when on bids are taken.'),
  reviewByMs: momentOrNone('Until when it may be reviewed, once it is full; 0 before.'),
} as const

/** One listing as the market shows it. */
export const listingRow = row('ListingRow', 'One listing as the market shows it.', LISTING_FIELDS)
export type ListingRow = Said<typeof listingRow>

/** Only what changed; a listing not seen before comes whole. */
export type ListingPatch = Partial<ListingRow> & { readonly listingId: ListingId }
export const listingPatch: z.ZodType<ListingPatch> = listingRow
  .partial()
  .required({ listingId: true })
  .meta({
    id: 'ListingPatch',
    description: 'What changed of a listing; one not seen before comes whole.',
  }) as never

/** All bids of a book at one rate. Amount 0: gone. */
export type BookLevel = readonly [ratePpm: RatePpm, amountMinor: Minor, bids: number]
export const bookLevel: z.ZodType<BookLevel> = z
  .tuple([
    said(rate('The rate.')),
    said(minorUnits('What is accepted at it; 0: the level is gone.')),
    said(count('How many bids.')),
  ])
  .meta({
    id: 'BookLevel',
    description: 'All bids of a book at one rate: rate, accepted amount, number of bids.',
  })

/** A bid that was accepted, without its owner. */
export const fillRow = row('FillRow', 'A bid that was accepted, without its owner.', {
  bidId: bid('The bid.'),
  listingId: listing('The listing.'),
  amountMinor: minorUnits('What was taken into the book.'),
  ratePpm: rate('At which rate.'),
  atMs: moment('When.'),
})
export type FillRow = Said<typeof fillRow>

/** A bid as its owner sees it. */
export const bidRow = row('BidRow', 'A bid as its owner sees it.', {
  bidId: bid('The bid.'),
  listingId: listing('The listing.'),
  amountMinor: minorUnits('What is asked for.'),
  acceptedMinor: minorUnits('What is in the book now; what was won, once won.'),
  ratePpm: rate('The lowest rate that the investor lends at.'),
  earnedRatePpm: rate('What it earns a year: the rate of the loan once won; before, `ratePpm`.'),
  status: oneOf('status', BID_STATUSES, 'How it stands.'),
  placedAtMs: moment('When it was placed.'),
  key: BID_KEY,
  ...BID_FLAGS,
})
export type BidRow = Said<typeof bidRow>

/** One bid as its owner sees it. */
export const bidReply = z.strictObject({
  sequence: said(position('The answer is as of this sequence.')),
  bid: bidRow,
})
export type BidReply = Said<typeof bidReply>
