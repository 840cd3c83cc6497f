/** What a client's screen would show: snapshots replaced, deltas applied, nothing else. */
import type {
  BidRow,
  BookLevel,
  CashRow,
  ChannelShapes,
  FillRow,
  ListingPatch,
  ListingRow,
} from '../../schema/index.ts'
import { TAPE_FILLS_MAX } from '../../schema/index.ts'
import type { ChannelListener } from '../../gateway/client/index.ts'

export class MarketPicture implements ChannelListener<'market'> {
  readonly listings = new Map<number, ListingRow>()

  onSnapshot({ listings }: ChannelShapes['market']['snapshot']): void {
    this.listings.clear()
    for (const row of listings) this.listings.set(row.listingId, row)
  }

  onDelta({ listings, removed }: ChannelShapes['market']['delta']): void {
    for (const patch of listings)
      this.listings.set(patch.listingId, patched(this.listings.get(patch.listingId), patch))
    for (const listingId of removed) this.listings.delete(listingId)
  }
}

export class TapePicture implements ChannelListener<'tape'> {
  fills: readonly FillRow[] = []

  onSnapshot({ fills }: ChannelShapes['tape']['snapshot']): void {
    this.fills = fills
  }

  onDelta({ fills }: ChannelShapes['tape']['delta']): void {
    this.fills = [...fills, ...this.fills].slice(0, TAPE_FILLS_MAX)
  }
}

export class ListingPicture implements ChannelListener<'listing'> {
  listing: ListingRow | undefined
  readonly levels = new Map<number, BookLevel>()

  onSnapshot({ listing, levels }: ChannelShapes['listing']['snapshot']): void {
    this.listing = listing
    this.levels.clear()
    this.#set(levels)
  }

  onDelta({ listing, levels }: ChannelShapes['listing']['delta']): void {
    this.listing = patched(this.listing, listing)
    this.#set(levels)
  }

  #set(levels: readonly BookLevel[]): void {
    for (const level of levels)
      if (level[1] === 0) this.levels.delete(level[0])
      else this.levels.set(level[0], level)
  }
}

export class CashPicture implements ChannelListener<'cash'> {
  cash: CashRow | undefined
  /** Frames heard, so that a test can tell that none was skipped. */
  heard = 0

  onSnapshot(cash: CashRow): void {
    this.cash = cash
  }

  onDelta(cash: CashRow): void {
    this.cash = cash
    this.heard++
  }
}

export class BidsPicture implements ChannelListener<'bids'> {
  readonly open = new Map<number, BidRow>()

  onSnapshot({ bids }: ChannelShapes['bids']['snapshot']): void {
    this.open.clear()
    for (const bid of bids) this.open.set(bid.bidId, bid)
  }

  onDelta({ bids }: ChannelShapes['bids']['delta']): void {
    for (const bid of bids)
      if (bid.status === 'open') this.open.set(bid.bidId, bid)
      else this.open.delete(bid.bidId)
  }
}

function patched(row: ListingRow | undefined, patch: ListingPatch): ListingRow {
  if (row === undefined && patch.amountMinor === undefined)
    throw new Error(`listing ${patch.listingId} was never told whole`)
  return { ...row, ...patch } as ListingRow
}
