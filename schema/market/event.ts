/** What happens on the market. */
import {
  account,
  addedAside,
  bid,
  count,
  fills,
  keyOrNone,
  listing,
  minorUnits,
  moment,
  oneOf,
  place,
  rate,
} from '../declare/field.ts'
import { event } from '../declare/message.ts'
import { TERM_MONTHS_MAX } from '../limit.ts'
import { FUNDING_MODES, GRADES, PURPOSES } from './terms.ts'

const listingId = listing('The listing.')
const bidId = bid('The bid.')
const accountId = account('The owner of the bid.')
export const BID_KEY = keyOrNone(
  'The key of the command that placed it; null for one from before version 4.',
)

/** A listing's terms as its borrower asked for them. */
export const TERMS = {
  mode: oneOf('mode', FUNDING_MODES, 'How it is funded.', 64),
  amountMinor: minorUnits('The principal.'),
  ratePpm: rate('The fixed rate, or the ceiling of an auction.'),
  termMonths: count('Months to repay in.', { min: 1, max: TERM_MONTHS_MAX }, TERM_MONTHS_MAX + 1),
  minBidMinor: minorUnits('The smallest bid.'),
} as const

export const SHOWN = {
  grade: oneOf('grade', GRADES, 'The risk grade.'),
  purpose: oneOf('purpose', PURPOSES, 'What the money is for.'),
} as const

export const LISTING_OPENED = event('ListingOpened', {
  number: 2,
  about: 'Bids are taken from the moment of this event until `closesAtMs`.',
  fields: {
    listingId,
    borrowerId: account('The borrower.'),
    ...TERMS,
    closesAtMs: moment('When it closes.'),
    ...SHOWN,
  },
})

export const BID_PLACED = event('BidPlaced', {
  number: 3,
  about:
    '`acceptedMinor` of the `amountMinor` asked for was taken into the book and is now held; the rest was never held.',
  fields: {
    bidId,
    listingId,
    accountId,
    amountMinor: minorUnits('What was asked for.'),
    acceptedMinor: minorUnits('What the book accepted of it.'),
    ratePpm: rate('The lowest rate that the investor lends at.'),
    key: addedAside(4, BID_KEY, () => null),
  },
  brief: ['bidId', 'acceptedMinor'],
})

export const BID_OUTBID = event('BidOutbid', {
  number: 4,
  about: 'A better bid took the place: part or all of the bid is out.',
  fields: {
    bidId,
    listingId,
    accountId,
    releasedMinor: minorUnits('What is available again.'),
    acceptedMinor: minorUnits('What stays in the book; 0: the bid is out.'),
  },
})

export const BID_CANCELLED = event('BidCancelled', {
  number: 5,
  about: 'The owner took the bid out of the book.',
  fields: {
    bidId,
    listingId,
    accountId,
    releasedMinor: minorUnits('What is available again.'),
  },
  brief: ['bidId', 'releasedMinor'],
})

export const BID_AMENDED = event('BidAmended', {
  number: 11,
  since: 2,
  about:
    'The bid has new terms, in one step: of `heldMinor` and `releasedMinor` one at least is 0, and the other is what its cash was adjusted by.',
  fields: {
    bidId,
    listingId,
    accountId,
    amountMinor: minorUnits('What is asked for now.'),
    acceptedMinor: minorUnits('What of it is in the book now.'),
    ratePpm: rate('The lowest rate that the investor lends at now.'),
    heldMinor: minorUnits('What is held in addition.'),
    releasedMinor: minorUnits('What is available again.'),
    place: place(
      'Its place in time among equal rates: the old one for a smaller amount, else a new one.',
    ),
  },
  brief: ['bidId', 'acceptedMinor', 'heldMinor', 'releasedMinor'],
})

export const LISTING_ALLOCATED = event('ListingAllocated', {
  number: 6,
  about:
    'The listing is fully funded: these fills, best first, sum to its amount. The cash stays held until the loan is disbursed.',
  fields: {
    listingId,
    ratePpm: rate('The clearing rate, the same for all.'),
    fills: fills('The winning bids.'),
  },
})

export const LISTING_EXPIRED = event('ListingExpired', {
  number: 8,
  about: "Not fully funded in time: every bid's cash is available again.",
  fields: { listingId, released: fills('The bids, with what each held.') },
})

export const LISTING_WITHDRAWN = event('ListingWithdrawn', {
  number: 12,
  since: 2,
  about: 'The listing was taken off the market before it closed; `BidsReleased` follows.',
  fields: {
    listingId,
    borrowerId: account('The borrower.'),
    releasedMinor: minorUnits('What all its bids held together.'),
    bidCount: count('How many bids it had.'),
  },
})

export const BIDS_RELEASED = event('BidsReleased', {
  number: 13,
  since: 2,
  about: "A withdrawn listing lets its bids go: every bid's cash is available again.",
  fields: { listingId, released: fills('The bids, with what each held.') },
})
