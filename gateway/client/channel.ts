/** The channels by name, and the listeners that fit each. */
import type { ChannelFamily, ChannelShapes, Sequence } from '../../schema/index.ts'

export type ChannelName = Exclude<ChannelFamily, 'listing'> | `listing:${number}`
export type FamilyOf<Name extends ChannelName> = Name extends `listing:${number}`
  ? 'listing'
  : Name extends ChannelFamily
    ? Name
    : never

export interface ChannelListener<Family extends ChannelFamily> {
  /** All of it, as of `seq`. May come again at any time: replace what was shown. */
  onSnapshot(data: ChannelShapes[Family]['snapshot'], seq: Sequence): void
  /** What changed up to `seq`. Never comes before a snapshot, never leaves anything out. */
  onDelta(data: ChannelShapes[Family]['delta'], seq: Sequence): void
  /** The connection is gone or something was missed: what is shown is old until `onFresh`. */
  onStale?(): void
  /** The channel is being followed (again). */
  onFresh?(): void
  /** The gateway will not serve this channel: no such listing, or not signed in. */
  onRefused?(code: string): void
}

export interface Subscription {
  /** Stops listening; the channel is given up when nobody else of this client listens. */
  close(): void
}
