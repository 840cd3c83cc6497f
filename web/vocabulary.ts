/** The words of the contract that the app speaks, without the validators that come with them: only
 *  types and plain tables reach the browser, so that zod stays out of the bundle. */
export type {
  BidRow,
  BidStatus,
  BookLevel,
  CashRow,
  ChannelShapes,
  FillRow,
  ListingPatch,
  ListingRow,
  ListingStatus,
} from '../schema/channel.ts'
export type { FundingMode, Grade, Purpose } from '../schema/command.ts'
export type { RejectCode } from '../schema/reject.ts'
export type { BidId, ListingId, Minor, RatePpm } from '../schema/unit.ts'
export { LISTING_STATUSES } from '../schema/channel.ts'
export { FUNDING_MODES, GRADES } from '../schema/command.ts'
export type { InstalmentRow } from '../schema/http.ts'
export type { CommandReply } from '../schema/frame.ts'
