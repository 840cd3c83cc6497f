/** A market that moves: a thousand open listings and people who bid on them. */
import type { TestMarket } from '../../test/harness/market.ts'

const AMOUNT_MINOR = 5_000_000
const BID_MINOR = 2_500
const RATE_PPM = 150_000
const DEPOSIT_MINOR = 900_000_000_000
const OPEN_MS = 60 * 60_000
const GRADES = ['A', 'B', 'C', 'D', 'E', 'F', 'G'] as const
const TICK_MS = 50

export interface Crowd {
  readonly listings: number
  /** Bids accepted since it began. */
  bids(): number
  stop(): Promise<void>
}

/** @param perSecond bids, spread evenly over all listings */
export async function gather(
  market: TestMarket,
  listings: number,
  perSecond: number,
): Promise<Crowd> {
  const { client: operator } = await market.openOperator()
  const { accountId: borrowerId } = await market.newInvestor()
  const investor = await market.newInvestor({ depositMinor: DEPOSIT_MINOR })
  const ids: number[] = []
  for (let place = 0; place < listings; place++) {
    const { answer } = await operator.openListing({
      borrowerId,
      mode: place % 2 === 0 ? 'fixed-rate' : 'uniform-auction',
      amountMinor: AMOUNT_MINOR,
      minBidMinor: BID_MINOR,
      ratePpm: RATE_PPM,
      termMonths: 36,
      openMs: OPEN_MS,
      grade: GRADES[place % GRADES.length] ?? 'A',
      purpose: 'car',
    })
    ids.push(answer.listingId)
  }
  let placed = 0
  let accepted = 0
  const running = new Set<Promise<unknown>>()
  const tick = (): void => {
    for (let count = 0; count < (perSecond * TICK_MS) / 1_000; count++) {
      // A prime step: neighbours on the screen do not move in turn.
      const listingId = ids[(placed++ * 7_919) % ids.length] ?? 0
      const bid = investor.client
        .placeBid({ listingId, amountMinor: BID_MINOR, ratePpm: RATE_PPM })
        .then(() => accepted++)
        .catch(() => undefined)
        .finally(() => running.delete(bid))
      running.add(bid)
    }
  }
  const timer = setInterval(tick, TICK_MS)
  return {
    listings,
    bids: () => accepted,
    stop: async () => {
      clearInterval(timer)
      await Promise.all(running)
    },
  }
}
