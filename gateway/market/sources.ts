/** What each public channel carries, taken from the view. */
import { TAPE_FILLS_MAX } from '../../schema/index.ts'
import type {
  ChannelShapes,
  ListingId,
  ListingPatch,
  ListingRow,
  Sequence,
} from '../../schema/index.ts'
import type { ListingView } from './listing-view.ts'
import { fillRow } from './open-bid.ts'
import type { PublicSource } from '../feed/public-channel.ts'
import type { MarketView } from '../feed/view.ts'

export class MarketSource implements PublicSource {
  readonly #view: MarketView
  readonly #told = new Map<ListingId, ListingRow>()

  constructor(view: MarketView) {
    this.#view = view
    for (const [listingId, listing] of view.listings) this.#told.set(listingId, { ...listing.row })
  }

  get changedAt(): Sequence {
    return this.#view.marketChangedAt
  }

  get rows(): number {
    return this.#view.listings.size
  }

  get changedRows(): number {
    return this.#view.changedListings.length + this.#view.removedListings.length
  }

  snapshot(): ChannelShapes['market']['snapshot'] {
    return { listings: Array.from(this.#view.listings.values(), (listing) => ({ ...listing.row })) }
  }

  takeDelta(): ChannelShapes['market']['delta'] {
    const listings: ListingPatch[] = []
    for (const listing of this.#view.changedListings) {
      listing.isUntold = false
      const { row } = listing
      if (this.#view.listings.get(row.listingId) !== listing) continue
      const patch = patchOf(this.#told.get(row.listingId), row)
      if (patch !== null) listings.push(patch)
      this.#told.set(row.listingId, { ...row })
    }
    const removed = this.#view.removedListings
    for (const listingId of removed) this.#told.delete(listingId)
    this.#view.changedListings = []
    this.#view.removedListings = []
    return { listings, removed }
  }
}

export class TapeSource implements PublicSource {
  readonly #view: MarketView
  #mark: number

  /** It is small, and never cut. */
  readonly rows = 0

  constructor(view: MarketView) {
    this.#view = view
    this.#mark = view.tape.added
  }

  get changedAt(): Sequence {
    return this.#view.tapeChangedAt
  }

  get changedRows(): number {
    return Math.min(this.#view.tape.added - this.#mark, TAPE_FILLS_MAX)
  }

  snapshot(): ChannelShapes['tape']['snapshot'] {
    return { fills: this.#view.tape.last(TAPE_FILLS_MAX).toReversed().map(fillRow) }
  }

  /** The fills that a full tape would still show: older ones of the same moment would fall off it. */
  takeDelta(): ChannelShapes['tape']['delta'] {
    const fills = this.#view.tape.since(this.#mark).toReversed().map(fillRow)
    this.#mark = this.#view.tape.added
    return { fills }
  }
}

export class ListingSource implements PublicSource {
  readonly #listing: ListingView
  #told: ListingRow
  #mark: number

  /** It is small, and never cut. */
  readonly rows = 0

  constructor(listing: ListingView) {
    this.#listing = listing
    this.#told = { ...listing.row }
    this.#mark = listing.fills.added
    listing.changedRates = new Set()
  }

  get changedAt(): Sequence {
    return this.#listing.changedAt
  }

  get changedRows(): number {
    const { changedRates, fills } = this.#listing
    return (changedRates?.size ?? 0) + Math.min(fills.added - this.#mark, TAPE_FILLS_MAX)
  }

  snapshot(): ChannelShapes['listing']['snapshot'] {
    const fills = this.#listing.fills.last(TAPE_FILLS_MAX).toReversed().map(fillRow)
    return { listing: { ...this.#listing.row }, levels: this.#listing.levels(), fills }
  }

  takeDelta(): ChannelShapes['listing']['delta'] {
    const { row, fills, changedRates } = this.#listing
    const patch = patchOf(this.#told, row) ?? { listingId: row.listingId }
    const rates = [...(changedRates ?? [])].sort((a, b) => a - b)
    const newest = Math.min(fills.added - this.#mark, TAPE_FILLS_MAX)
    this.#told = { ...row }
    this.#mark = fills.added
    changedRates?.clear()
    return {
      listing: patch,
      levels: rates.map((rate) => this.#listing.level(rate)),
      fills: fills.last(newest).toReversed().map(fillRow),
    }
  }
}

/** The fields of a listing that change while it lives; the rest are its terms. */
const CHANGING = [
  'status',
  'fundedMinor',
  'clearingRatePpm',
  'bidCount',
  'closedAtMs',
  'reviewByMs',
] as const

/** What is different now; all of it for a listing not told before; null when nothing is. */
function patchOf(told: ListingRow | undefined, now: ListingRow): ListingPatch | null {
  if (told === undefined) return { ...now }
  const changed = CHANGING.filter((field) => told[field] !== now[field])
  if (changed.length === 0) return null
  const patch: Record<string, unknown> = { listingId: now.listingId }
  for (const field of changed) patch[field] = now[field]
  return patch as ListingPatch
}
