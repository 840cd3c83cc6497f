/** What anybody sees of the whole market over its public channel, through every reconnection. Deltas come
 *  conflated; here is kept what they add up to, listings that have closed too. */
import type { Client } from '../../gateway/client/node.ts'
import type { ListingPatch } from '../../schema/index.ts'

export class Onlooker {
  readonly listings = new Map<number, ListingPatch>()

  constructor(client: Client) {
    client.subscribe('market', {
      onSnapshot: ({ listings }) => {
        this.listings.clear()
        for (const row of listings) this.listings.set(row.listingId, row)
      },
      onDelta: ({ listings, removed }) => {
        for (const patch of listings)
          this.listings.set(patch.listingId, { ...this.listings.get(patch.listingId), ...patch })
        for (const listingId of removed) this.listings.delete(listingId)
      },
    })
  }
}
