/** Listings for tests, with only what matters said. */
import type { ListingRow } from '../../web/data/vocabulary.ts'

const PLAIN = {
  listingId: 1,
  borrowerId: 900,
  mode: 'fixed-rate',
  status: 'open',
  amountMinor: 1_000_000,
  fundedMinor: 0,
  ratePpm: 124_900,
  clearingRatePpm: 124_900,
  termMonths: 36,
  minBidMinor: 2_500,
  bidCount: 0,
  openedAtMs: 1_000,
  closesAtMs: 100_000,
  closedAtMs: 0,
  grade: 'B',
  purpose: 'car',
}

/** Plain numbers go in; they come out branded, as the gateway's would. */
export function listing(said: Partial<Record<keyof ListingRow, number | string>> = {}): ListingRow {
  return { ...PLAIN, ...said } as unknown as ListingRow
}
