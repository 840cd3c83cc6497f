/** The stores of the app. Public ones are followed from the start, one's own from sign-in on. */
import { onScopeDispose, watch } from 'vue'
import { session } from '../session.ts'
import { connect, market } from './connection.ts'
import { ListingStore } from './listing-store.ts'
import { MarketStore } from './market-store.ts'
import { BidsStore, CashStore } from './own-stores.ts'
import { calmPace, framePace } from './pace.ts'
import { TapeStore } from './tape-store.ts'

/** A tape that moves faster than this cannot be read. */
const TAPE_PACE_MS = 1_000

export const marketStore = new MarketStore(framePace)
export const tapeStore = new TapeStore(calmPace(TAPE_PACE_MS))
export const cashStore = new CashStore()
export const bidsStore = new BidsStore()

export function startFeed(): void {
  connect(session.value?.token ?? null, () => {
    session.value = null
  })
  followOwn()
}

let followed: readonly { readonly close: () => void }[] = []

/** Follows the market from now on. Pages that show nothing of it do not ask for it. */
export function followMarket(): void {
  if (followed.length > 0) return
  followed = [market().subscribe('market', marketStore), market().subscribe('tape', tapeStore)]
}

/** For whoever was refused it. */
export function followMarketAgain(): void {
  for (const subscription of followed) subscription.close()
  followed = []
  for (const store of [marketStore, tapeStore]) store.reset()
  followMarket()
}

/** Follows one listing while the calling component lives. */
export function followListing(listingId: number): ListingStore {
  const store = new ListingStore(framePace)
  const subscription = market().subscribe(`listing:${listingId}`, store)
  onScopeDispose(() => subscription.close())
  return store
}

function followOwn(): void {
  watch(
    () => session.value?.token ?? null,
    (token, _before, onCleanup) => {
      if (token === null) return
      const cash = market().subscribe('cash', cashStore)
      const bids = market().subscribe('bids', bidsStore)
      onCleanup(() => {
        cash.close()
        bids.close()
        cashStore.reset()
        bidsStore.reset()
      })
    },
    { immediate: true },
  )
}
