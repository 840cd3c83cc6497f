/** One listing with its book and its newest fills. */
import { shallowReactive, shallowRef } from 'vue'
import type { ChannelListener } from '../../../gateway/client/index.ts'
import { PAGE_ROWS_MAX } from '../../../schema/limit.ts'
import type { BookLevel, ChannelShapes, FillRow, RatePpm } from '../vocabulary.ts'
import { mergeFills } from './fills.ts'
import { FreshnessKeeper } from './freshness.ts'
import { Latest } from './latest.ts'
import type { LiveListing } from './market-store.ts'
import type { Pace } from './pace.ts'

type Delta = ChannelShapes['listing']['delta']

export class ListingStore extends FreshnessKeeper implements ChannelListener<'listing'> {
  readonly listing = shallowRef<LiveListing | null>(null)
  /** Best rate first. */
  readonly levels = shallowRef<readonly BookLevel[]>([])
  /** Newest first. */
  readonly fills = shallowRef<readonly FillRow[]>([])
  readonly #latest: Latest<'all', Delta>

  constructor(pace: Pace) {
    super()
    this.#latest = new Latest(pace, joined, (changes) => {
      for (const delta of changes.values()) this.#apply(delta)
    })
  }

  onSnapshot(data: ChannelShapes['listing']['snapshot']): void {
    this.#latest.clear()
    const fills = this.listing.value?.fills ?? 0
    this.listing.value = shallowReactive({ ...data.listing, fills })
    this.levels.value = data.levels
    this.addFills(data.fills)
    this.arrived()
  }

  onDelta(data: Delta): void {
    this.#latest.add('all', data)
  }

  /** Fills from before the channel's own memory, as the records tell them. */
  addFills(fills: readonly FillRow[]): void {
    this.fills.value = mergeFills(this.fills.value, fills, PAGE_ROWS_MAX)
  }

  #apply(delta: Delta): void {
    const row = this.listing.value
    if (row === null) return
    const { listing } = delta
    if (listing.fundedMinor !== undefined && listing.fundedMinor > row.fundedMinor) row.fills++
    Object.assign(row, listing)
    if (delta.levels.length > 0) this.levels.value = mergeLevels(this.levels.value, delta.levels)
    if (delta.fills.length > 0) this.addFills(delta.fills)
  }
}

/** The levels after a change, best rate first; a level of amount 0 is gone. */
export function mergeLevels(
  levels: readonly BookLevel[],
  changed: readonly BookLevel[],
): readonly BookLevel[] {
  const byRate = new Map<RatePpm, BookLevel>()
  for (const level of levels) byRate.set(level[0], level)
  for (const level of changed) byRate.set(level[0], level)
  return [...byRate.values()].filter((level) => level[1] > 0).sort((a, b) => a[0] - b[0])
}

function joined(older: Delta, newer: Delta): Delta {
  const levels = new Map<RatePpm, BookLevel>()
  for (const level of [...older.levels, ...newer.levels]) levels.set(level[0], level)
  return {
    listing: { ...older.listing, ...newer.listing },
    levels: [...levels.values()],
    fills: mergeFills(older.fills, newer.fills),
  }
}
