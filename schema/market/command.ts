/** What can be asked of the market. */
import { bid, listing, milliseconds, minorUnits, rate } from '../declare/field.ts'
import { command } from '../declare/message.ts'
import { LISTING_OPEN_MS_MAX, LISTING_OPEN_MS_MIN } from '../limit.ts'
import {
  BID_AMENDED,
  BID_CANCELLED,
  BID_PLACED,
  LISTING_OPENED,
  LISTING_WITHDRAWN,
  SHOWN,
  TERMS,
} from './event.ts'
import { misfitOf } from './terms.ts'

export const PLACE_BID = command('PlaceBid', {
  number: 3,
  about: 'Asks for a place in the book of a listing.',
  body: {
    listingId: listing('The listing.'),
    amountMinor: minorUnits('What to lend at most.'),
    ratePpm: rate('The lowest rate that the investor lends at.'),
  },
  answer: BID_PLACED,
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
  },
  answer: LISTING_OPENED,
  same: { borrowerId: 'accountId' },
  misfit: (terms) => {
    const field = misfitOf(terms)
    return field === null ? null : { code: 'listing-terms-invalid', field }
  },
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
