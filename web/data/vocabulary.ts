/** The words of the contract that the app speaks, without the validators that come with them: only
 *  types and plain tables reach the browser, so that zod stays out of the bundle. */
export type {
  BidRow,
  BookLevel,
  CashRow,
  ChannelShapes,
  FillRow,
  ListingPatch,
  ListingRow,
} from '../../schema/channel.ts'
export type {
  BidStatus,
  FundingMode,
  Grade,
  ListingStatus,
  Purpose,
} from '../../schema/market/terms.ts'
export type { RejectCode } from '../../schema/reject.ts'
export type { BidId, ListingId, Minor, RatePpm } from '../../schema/unit.ts'
export { ExactSum } from '../../schema/exact-sum.ts'
export {
  asksRate,
  FUNDING_MODES,
  GRADES,
  isAuction,
  LISTING_STATUSES,
} from '../../schema/market/terms.ts'
export type { InstalmentRow } from '../../schema/loan/row.ts'
export type { CommandReply } from '../../schema/frame.ts'
