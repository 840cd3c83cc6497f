/** The open listings as the public channel `market` tells them: one reader for all bots of this
 *  process, as a data vendor would be. */
import type { Client } from '../../gateway/client/index.ts'
import type { ListingId, ListingPatch, ListingRow } from '../../schema/index.ts'

export class Board {
  readonly #rows = new Map<ListingId, ListingRow>()
  #open: readonly ListingRow[] | null = null
  #isKnown = false

  constructor(client: Client) {
    client.subscribe('market', {
      onSnapshot: ({ listings }) => {
        this.#rows.clear()
        this.#isKnown = true
        for (const row of listings) this.#patch(row)
      },
      onDelta: ({ listings, removed }) => {
        for (const listingId of removed) this.#remove(listingId)
        for (const patch of listings) this.#patch(patch)
      },
    })
  }

  /** False until the market has been seen once. */
  get isKnown(): boolean {
    return this.#isKnown
  }

  open(): readonly ListingRow[] {
    this.#open ??= [...this.#rows.values()]
    return this.#open
  }

  #patch(patch: ListingPatch): void {
    const row = { ...this.#rows.get(patch.listingId), ...patch }
    if (row.status !== 'open') return this.#remove(row.listingId)
    if (!isWhole(row)) return
    this.#rows.set(row.listingId, row)
    this.#open = null
  }

  #remove(listingId: ListingId): void {
    if (this.#rows.delete(listingId)) this.#open = null
  }
}

/** A listing that was not seen before comes whole; anything less is of one that has gone. */
function isWhole(row: ListingPatch): row is ListingRow {
  return row.amountMinor !== undefined && row.closesAtMs !== undefined
}
