/** What can be asked of the market. */
import { added, bid, listing, milliseconds, minorUnits, oneOf, rate } from '../declare/field.ts'
import { command } from '../declare/message.ts'
import { LISTING_OPEN_MS_MAX, LISTING_OPEN_MS_MIN, LISTING_SCHEDULED_MS_MAX } from '../limit.ts'
import {
  BID_AMENDED,
  BID_CANCELLED,
  BID_FLAGS,
  BID_PLACED,
  LATER_TERMS,
  LISTING_APPROVED,
  LISTING_OPENED,
  LISTING_REJECTED,
  LISTING_WITHDRAWN,
  SHOWN,
  TERMS,
} from './event.ts'
import { bidMisfitOf, misfitOf, PLAIN_BID, PLAIN_LISTING, TIMES_IN_FORCE } from './terms.ts'

export const PLACE_BID = command('PlaceBid', {
  number: 3,
  about: 'Asks for a place in the book of a listing.',
  body: {
    listingId: listing('The listing.'),
    amountMinor: minorUnits('What to lend at most.'),
    ratePpm: rate('The lowest rate that the investor lends at.'),
    ...BID_FLAGS,
    timeInForce: added(
      5,
      oneOf(
        'time in force',
        TIMES_IN_FORCE,
        'How long it stands for what is not taken in at once.',
      ),
      () => PLAIN_BID.timeInForce,
    ),
  },
  answer: BID_PLACED,
  misfit: (terms) => {
    const field = bidMisfitOf(terms)
    return field === null ? null : { code: 'bid-terms-invalid', field }
  },
})

export const CANCEL_BID = command('CancelBid', {
  number: 4,
  about: "Takes one's own open bid out of its book.",
  body: { bidId: bid('The bid.') },
  answer: BID_CANCELLED,
})

export const AMEND_BID = command('AmendBid', {
  number: 5,
  since: 2,
  about:
    "Gives one's own open bid new terms. A smaller amount at the same rate keeps its place in time, anything else takes a new one.",
  body: {
    bidId: bid('The bid.'),
    amountMinor: minorUnits('What to lend at most from now on.'),
    ratePpm: rate('The lowest rate that the investor lends at from now on.'),
  },
  answer: BID_AMENDED,
})

export const OPEN_LISTING = command('OpenListing', {
  number: 2,
  about: "Puts a borrower's listing on the market; the account is the borrower.",
  body: {
    ...TERMS,
    openMs: milliseconds('How long it stays open.', {
      min: LISTING_OPEN_MS_MIN,
      max: LISTING_OPEN_MS_MAX,
    }),
    ...SHOWN,
    floorMinor: LATER_TERMS.floorMinor,
    opensInMs: added(
      5,
      milliseconds('After how long bids are taken; 0: at once.', {
        min: 0,
        max: LISTING_SCHEDULED_MS_MAX,
      }),
      () => PLAIN_LISTING.opensInMs,
    ),
  },
  answer: LISTING_OPENED,
  same: { borrowerId: 'accountId' },
  misfit: (terms) => {
    const field = misfitOf(terms)
    return field === null ? null : { code: 'listing-terms-invalid', field }
  },
})

export const APPROVE_LISTING = command('ApproveListing', {
  number: 7,
  since: 5,
  about:
    'A review of a full listing that finds nothing against it; the account is the reviewer. With the second, of another reviewer, the loan is paid out.',
  body: { listingId: listing('The listing.') },
  answer: LISTING_APPROVED,
  same: { reviewerId: 'accountId' },
})

export const REJECT_LISTING = command('RejectListing', {
  number: 8,
  since: 5,
  about:
    'A review of a full listing that ends it: every bidder gets the cash back, in one step; the account is the reviewer.',
  body: { listingId: listing('The listing.') },
  answer: LISTING_REJECTED,
  same: { reviewerId: 'accountId' },
})

export const WITHDRAW_LISTING = command('WithdrawListing', {
  number: 6,
  since: 2,
  about:
    'Takes an open listing off the market and gives every bidder the cash back, in one step; the account is the borrower.',
  body: { listingId: listing('The listing.') },
  answer: LISTING_WITHDRAWN,
  same: { borrowerId: 'accountId' },
})
