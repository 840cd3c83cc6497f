/** What can be listened to: the families of channels, without zod, as the browser loads this.
 *
 *  `seq` and `prev` are sequences of the journal, so they mean the same on every gateway and after
 *  any restart. Public channels are conflated: a delta carries all that changed since `prev`. */
import type { Said } from './declare/shape.ts'
import type { CHANNELS } from './feed/channel.ts'
import type { ListingId } from './unit.ts'

export type { CashRow } from './cash/row.ts'
export type { BidRow, BookLevel, FillRow, ListingPatch, ListingRow } from './market/row.ts'

/** Every channel family with its snapshot and delta. */
export type ChannelShapes = {
  readonly [Family in ChannelFamily]: {
    readonly snapshot: Said<(typeof CHANNELS)[Family]['snapshot']>
    readonly delta: Said<(typeof CHANNELS)[Family]['delta']>
  }
}

/** Private channels belong to the account of the session and are closed rather than skipped. */
export const CHANNEL_FAMILIES = {
  market: 'public',
  tape: 'public',
  listing: 'public',
  cash: 'private',
  bids: 'private',
} as const
export type ChannelFamily = keyof typeof CHANNEL_FAMILIES

/** `listing:17` → `{ family: 'listing', listingId: 17 }`; null when there is no such channel. */
export function parseChannel(
  name: string,
): { readonly family: ChannelFamily; readonly listingId: ListingId | null } | null {
  if (name === 'market' || name === 'tape' || name === 'cash' || name === 'bids')
    return { family: name, listingId: null }
  const match = /^listing:([1-9][0-9]{0,14})$/.exec(name)
  if (match === null) return null
  return { family: 'listing', listingId: Number(match[1]) as ListingId }
}
