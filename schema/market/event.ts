/** What happens on the market. */
import {
  account,
  added,
  addedAside,
  bid,
  count,
  fills,
  keyOrNone,
  listing,
  minorOrNone,
  minorUnits,
  moment,
  momentOrNone,
  oneOf,
  place,
  rate,
} from '../declare/field.ts'
import { event } from '../declare/message.ts'
import { TERM_MONTHS_MAX } from '../limit.ts'
import type { RatePpm } from '../unit.ts'
import {
  BID_RANKS,
  FUNDING_MODES,
  GRADES,
  PLAIN_BID,
  PLAIN_LISTING,
  PURPOSES,
  RELEASE_CAUSES,
} from './terms.ts'

const listingId = listing('The listing.')
const bidId = bid('The bid.')
const accountId = account('The owner of the bid.')
export const BID_KEY = keyOrNone(
  'The key of the command that placed it; null for one from before version 4.',
)

/** What a bid may ask for beside amount and rate. */
export const BID_FLAGS = {
  minFillMinor: added(
    5,
    minorOrNone(
      'The least that is to be taken in and to stay: with less it is refused, or leaves whole. All or none: the amount. 0: the smallest bid of the listing.',
    ),
    () => PLAIN_BID.minFillMinor,
  ),
  rank: added(
    5,
    oneOf('rank', BID_RANKS, 'Where it stands: by its rate, or last, behind all others.'),
    () => PLAIN_BID.rank,
  ),
} as const

/** A listing's terms as its borrower asked for them. */
export const TERMS = {
  mode: oneOf('mode', FUNDING_MODES, 'How it is funded.', 64, {
    'pay-as-bid-auction': 5,
    'pro-rata': 5,
    'rate-book': 5,
  }),
  amountMinor: minorUnits('The principal.'),
  ratePpm: rate('The fixed rate, or the ceiling of an auction.'),
  termMonths: count('Months to repay in.', { min: 1, max: TERM_MONTHS_MAX }, TERM_MONTHS_MAX + 1),
  minBidMinor: minorUnits('The smallest bid.'),
} as const

/** Those that came later. */
export const LATER_TERMS = {
  floorMinor: added(
    5,
    minorOrNone(
      'With so much of the amount at its closing time it is funded, and the loan is of that; 0: only with all of it.',
    ),
    () => PLAIN_LISTING.floorMinor,
  ),
} as const

export const SHOWN = {
  grade: oneOf('grade', GRADES, 'The risk grade.'),
  purpose: oneOf('purpose', PURPOSES, 'What the money is for.'),
} as const

export const LISTING_OPENED = event('ListingOpened', {
  number: 2,
  about:
    'Bids are taken until `closesAtMs`: from the moment of this event, or, with an `opensAtMs`, from `BiddingOpened` on.',
  fields: {
    listingId,
    borrowerId: account('The borrower.'),
    ...TERMS,
    closesAtMs: moment('When it closes.'),
    ...SHOWN,
    floorMinor: LATER_TERMS.floorMinor,
    opensAtMs: added(
      5,
      momentOrNone('When bids are taken from; 0: from now on.'),
      () => 0 as const,
    ),
  },
})

export const BIDDING_OPENED = event('BiddingOpened', {
  number: 14,
  since: 5,
  about: 'The time of a scheduled listing has come: bids are taken from now on.',
  fields: { listingId },
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
    ...BID_FLAGS,
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

export const BIDS_CUT = event('BidsCut', {
  number: 15,
  since: 5,
  about:
    'A window that was offered more than it asked for has been shared out: what each bid held beyond its share is available again.',
  fields: { listingId, released: fills('The bids that lose something, with what each loses.') },
})

export const LISTING_ALLOCATED = event('ListingAllocated', {
  number: 6,
  about:
    'The listing is full: these fills, best first, sum to its amount, or to no less than its floor. Nothing changes in its book any more, and the cash stays held until two reviewers have approved it and the loan is disbursed.',
  fields: {
    listingId,
    ratePpm: rate(
      'The rate of the loan: fixed, the clearing rate, or what the lenders ask on average.',
    ),
    fills: fills('The winning bids.'),
    vcgRatePpm: added(
      5,
      rate(
        'What a uniform auction would have paid its lenders by the rule of Vickrey, Clarke and Groves; in other modes the rate of the loan.',
      ),
      ({ ratePpm }) => ratePpm as RatePpm,
    ),
    reviewByMs: added(
      5,
      momentOrNone('Until when it may be reviewed; 0: it was disbursed without a review.'),
      () => 0 as const,
    ),
  },
})

export const LISTING_APPROVED = event('ListingApproved', {
  number: 16,
  since: 5,
  about: 'A reviewer found nothing against a full listing.',
  fields: {
    listingId,
    reviewerId: account('The reviewer.'),
    approvals: count(
      'How many reviewers have approved it now; with the second its loan is paid out.',
    ),
  },
})

export const LISTING_REJECTED = event('ListingRejected', {
  number: 17,
  since: 5,
  about: 'A reviewer ended a full listing; `BidsReleased` follows.',
  fields: {
    listingId,
    reviewerId: account('The reviewer.'),
    releasedMinor: minorUnits('What all its bids held together.'),
    bidCount: count('How many bids it had.'),
  },
})

export const REVIEW_LAPSED = event('ReviewLapsed', {
  number: 18,
  since: 5,
  about: 'Two reviewers did not approve a full listing in time; `BidsReleased` follows.',
  fields: { listingId },
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
  about:
    "A listing that comes to nothing lets its bids go, all in one step: every bid's cash is available again.",
  fields: {
    listingId,
    released: fills('The bids, with what each held.'),
    cause: added(
      5,
      oneOf(
        'cause',
        RELEASE_CAUSES,
        'Why: its borrower withdrew it, a reviewer rejected it, nobody reviewed it in time.',
      ),
      () => 'withdrawn' as const,
    ),
  },
})
