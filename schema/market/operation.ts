/** What can be asked of the market over the WebSocket. */
import { z } from 'zod'
import { bid } from '../declare/field.ts'
import { batchOperation, commandOperation, operation } from '../declare/operation.ts'
import { asked } from '../declare/shape.ts'
import { REFUSED } from '../event.ts'
import { keySchema } from '../key.ts'
import { BATCH_COMMANDS_MAX, RECORDS_PRICE } from '../limit.ts'
import {
  AMEND_BID,
  APPROVE_LISTING,
  CANCEL_BID,
  OPEN_LISTING,
  PLACE_BID,
  REJECT_LISTING,
  WITHDRAW_LISTING,
} from './command.ts'
import { bidReply } from './row.ts'

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
  'bid.get': operation({
    access: 'own.read',
    about: "One of one's own bids, open or ended.",
    price: () => RECORDS_PRICE,
    params: z.strictObject({ bidId: asked(bid('The bid.')) }),
    reply: bidReply,
  }),
  'bid.find': operation({
    access: 'own.read',
    about: 'The own bid that was placed under a key, open or ended: after a restart, for one.',
    price: () => RECORDS_PRICE,
    params: z.strictObject({ key: keySchema.describe('The key of the command that placed it.') }),
    reply: bidReply,
  }),
  'listing.open': commandOperation({
    access: 'listing.open',
    command: OPEN_LISTING,
    countsAs: 'commands',
    owner: 'borrowerId',
    ownerAbout: 'The borrower.',
    hasDeadline: false,
  }),
  'listing.approve': commandOperation({
    access: 'listing.review',
    command: APPROVE_LISTING,
    countsAs: 'commands',
    hasDeadline: false,
  }),
  'listing.reject': commandOperation({
    access: 'listing.review',
    command: REJECT_LISTING,
    countsAs: 'commands',
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
