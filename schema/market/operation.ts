/** What can be asked of the market over the WebSocket. */
import { batchOperation, commandOperation } from '../declare/operation.ts'
import { REFUSED } from '../event.ts'
import { BATCH_COMMANDS_MAX } from '../limit.ts'
import { AMEND_BID, CANCEL_BID, OPEN_LISTING, PLACE_BID, WITHDRAW_LISTING } from './command.ts'

const placeBid = commandOperation({
  access: 'bid.write',
  command: PLACE_BID,
  countsAs: 'bids',
  hasDeadline: true,
})

const cancelBid = commandOperation({
  access: 'bid.write',
  command: CANCEL_BID,
  countsAs: 'cancels',
  hasDeadline: true,
})

const amendBid = commandOperation({
  access: 'bid.write',
  command: AMEND_BID,
  countsAs: 'bids',
  hasDeadline: true,
})

export const MARKET_OPERATIONS = {
  'bid.place': placeBid,
  'bid.cancel': cancelBid,
  'bid.amend': amendBid,
  'bid.batch': batchOperation({
    access: 'bid.write',
    about: 'Bids, amendments and cancels at once, mixed.',
    countsAs: 'bids',
    itemsMax: BATCH_COMMANDS_MAX,
    batched: [placeBid, cancelBid, amendBid],
    refused: REFUSED,
  }),
  'listing.open': commandOperation({
    access: 'listing.open',
    command: OPEN_LISTING,
    countsAs: 'commands',
    owner: 'borrowerId',
    ownerAbout: 'The borrower.',
    hasDeadline: false,
  }),
  'listing.withdraw': commandOperation({
    access: 'listing.withdraw',
    command: WITHDRAW_LISTING,
    countsAs: 'commands',
    owner: 'borrowerId',
    ownerAbout: 'The borrower.',
    hasDeadline: false,
  }),
} as const
