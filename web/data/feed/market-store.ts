/** All listings as the market shows them, each a row of its own that only its own patches touch.
 *
 *  A component that reads a row re-renders when that row changes and never for another's sake. Which
 *  rows there are is said by `version`. */
import { shallowReactive, shallowRef, toRaw } from 'vue'
import type { ChannelListener } from '../../../gateway/client/index.ts'
import { ExactSum } from '../vocabulary.ts'
import type { ChannelShapes, ListingId, ListingPatch, ListingRow } from '../vocabulary.ts'
import { FreshnessKeeper } from './freshness.ts'
import { Latest } from './latest.ts'
import type { Pace } from './pace.ts'

/** `fills` counts the times its funding was seen to grow: what the tint of a new fill hangs on. */
export type LiveListing = { -readonly [Field in keyof ListingRow]: ListingRow[Field] } & {
  fills: number
}

export interface MarketTotals {
  readonly open: number
  readonly askedMinor: bigint
  readonly fundedMinor: bigint
  /** Weighted by amount; 0 when nothing is open. */
  readonly ratePpm: number
}

type Change = ListingPatch | 'removed'

export class MarketStore extends FreshnessKeeper implements ChannelListener<'market'> {
  readonly version = shallowRef(0)
  readonly #rows = new Map<ListingId, LiveListing>()
  readonly #latest: Latest<ListingId, Change>

  constructor(pace: Pace) {
    super()
    this.#latest = new Latest(pace, newer, (changes) => this.#apply(changes))
  }

  get size(): number {
    return this.#rows.size
  }

  row(id: ListingId): LiveListing | undefined {
    return this.#rows.get(id)
  }

  /** The rows as plain objects, for reading many at once without following each. */
  *plain(): Iterable<Readonly<LiveListing>> {
    for (const row of this.#rows.values()) yield toRaw(row)
  }

  onSnapshot(data: ChannelShapes['market']['snapshot']): void {
    this.#latest.clear()
    const gone = new Set(this.#rows.keys())
    for (const listing of data.listings) {
      gone.delete(listing.listingId)
      this.#put(listing)
    }
    for (const id of gone) this.#rows.delete(id)
    this.version.value++
    this.arrived()
  }

  onDelta(data: ChannelShapes['market']['delta']): void {
    for (const patch of data.listings) this.#latest.add(patch.listingId, patch)
    for (const id of data.removed) this.#latest.add(id, 'removed')
  }

  totals(): MarketTotals {
    let open = 0
    const asked = new ExactSum()
    const funded = new ExactSum()
    let weighted = 0
    for (const row of this.plain()) {
      if (row.status !== 'open') continue
      open++
      asked.add(row.amountMinor)
      funded.add(row.fundedMinor)
      weighted += row.amountMinor * (row.ratePpm / 1_000_000)
    }
    const askedMinor = asked.minor
    const fundedMinor = funded.minor
    const share = askedMinor === 0n ? 0 : weighted / Number(askedMinor)
    const ratePpm = Math.round(share * 1_000_000)
    return { open, askedMinor, fundedMinor, ratePpm }
  }

  #apply(changes: ReadonlyMap<ListingId, Change>): void {
    let isOther = false
    for (const [id, change] of changes) {
      if (change === 'removed') isOther = this.#rows.delete(id) || isOther
      else isOther = this.#put(change) || isOther
    }
    if (isOther) this.version.value++
  }

  /** @returns whether the order of the market may have changed: a new row, or another status */
  #put(patch: ListingPatch): boolean {
    const row = this.#rows.get(patch.listingId)
    if (row === undefined) {
      // The protocol sends a listing not seen before whole.
      this.#rows.set(patch.listingId, shallowReactive({ ...(patch as ListingRow), fills: 0 }))
      return true
    }
    const isOther = patch.status !== undefined && patch.status !== row.status
    if (patch.fundedMinor !== undefined && patch.fundedMinor > row.fundedMinor) row.fills++
    Object.assign(row, patch)
    return isOther
  }
}

function newer(older: Change, change: Change): Change {
  return older === 'removed' || change === 'removed' ? change : { ...older, ...change }
}
