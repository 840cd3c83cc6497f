/** Commands and events in the mix of a busy market, from a seed: mostly bids and cancels. */
import {
  accountId,
  atMs,
  bidId,
  keyFrom,
  listingId,
  minor,
  PLAIN_BID,
  PLAIN_LISTING,
  ratePpm,
  sequence,
} from '../../schema/index.ts'
import type { Fill, Key } from '../../schema/index.ts'
import { Random } from '../../deploy/random.ts'
import type { FormerCommand, FormerEvent } from './by-hand.ts'

const START_MS = 1_700_000_000_000
const FILLS = 40

export function makeCommands(count: number, seed: number): readonly FormerCommand[] {
  const draw = new Draw(seed)
  return Array.from({ length: count }, () => draw.command())
}

export function makeEvents(count: number, seed: number): readonly FormerEvent[] {
  const draw = new Draw(seed)
  return Array.from({ length: count }, () => draw.event())
}

class Draw {
  readonly #random: Random
  readonly #bytes = new Uint8Array(10)

  constructor(seed: number) {
    this.#random = new Random(seed)
  }

  command(): FormerCommand {
    const by = { key: this.#key(), accountId: this.#account(), deadlineMs: 0 } as const
    const chance = this.#random.below(1_000)
    if (chance < 800)
      return {
        kind: 'PlaceBid',
        ...by,
        listingId: this.#listing(),
        amountMinor: this.#amount(),
        ratePpm: this.#rate(),
        ...PLAIN_BID,
      }
    if (chance < 980) return { kind: 'CancelBid', ...by, bidId: this.#bid() }
    if (chance < 995) return { kind: 'Deposit', ...by, amountMinor: this.#amount() }
    return {
      kind: 'OpenListing',
      ...by,
      mode: 'uniform-auction',
      amountMinor: this.#amount(),
      ratePpm: this.#rate(),
      termMonths: 36,
      minBidMinor: minor(2_500),
      openMs: 60_000,
      grade: 'C',
      purpose: 'car',
      ...PLAIN_LISTING,
    }
  }

  event(): FormerEvent {
    const accountId = this.#account()
    const chance = this.#random.below(1_000)
    const of = { bidId: this.#bid(), listingId: this.#listing(), accountId }
    if (chance < 600) return this.#placed(of)
    if (chance < 800)
      return {
        kind: 'BidOutbid',
        ...of,
        releasedMinor: this.#amount(),
        acceptedMinor: this.#amount(),
      }
    if (chance < 900) return { kind: 'BidCancelled', ...of, releasedMinor: this.#amount() }
    if (chance < 970)
      return { kind: 'Refused', accountId, key: this.#key(), code: 'rate-not-competitive' }
    if (chance < 980)
      return {
        kind: 'Repeated',
        accountId,
        key: this.#key(),
        sequence: sequence(this.#random.below(1_000_000)),
        answer: this.#placed(of),
      }
    if (chance < 990) return { kind: 'Deposited', accountId, amountMinor: this.#amount() }
    return this.#ending(this.#random.below(3))
  }

  #placed(of: Pick<FormerEvent & { kind: 'BidPlaced' }, 'bidId' | 'listingId' | 'accountId'>) {
    const amountMinor = this.#amount()
    const acceptedMinor = amountMinor
    const terms = { amountMinor, acceptedMinor, ratePpm: this.#rate() }
    const { minFillMinor, rank } = PLAIN_BID
    return { kind: 'BidPlaced', ...of, ...terms, key: this.#key(), minFillMinor, rank } as const
  }

  #ending(which: number): FormerEvent {
    const listingId = this.#listing()
    const fills = Array.from({ length: FILLS }, (): Fill => {
      return { bidId: this.#bid(), accountId: this.#account(), amountMinor: this.#amount() }
    })
    if (which === 0) return { kind: 'ListingExpired', listingId, released: fills }
    const rate = { ratePpm: this.#rate() }
    const review = { vcgRatePpm: rate.ratePpm, reviewByMs: atMs(START_MS) }
    if (which === 1) return { kind: 'ListingAllocated', listingId, ...rate, fills, ...review }
    const terms = { amountMinor: this.#amount(), ...rate, termMonths: 36 }
    return {
      kind: 'LoanDisbursed',
      listingId,
      borrowerId: this.#account(),
      ...terms,
      fills,
      firstClaimId: 0,
    }
  }

  #key(): Key {
    for (let index = 0; index < 10; index++) this.#bytes[index] = this.#random.below(256)
    return keyFrom(atMs(START_MS + this.#random.below(100_000)), this.#bytes)
  }

  #account = () => accountId(1 + this.#random.below(100_000))
  #listing = () => listingId(1 + this.#random.below(50_000))
  #bid = () => bidId(1 + this.#random.below(10_000_000))
  #amount = () => minor(2_500 + this.#random.below(1_000_000))
  #rate = () => ratePpm(50_000 + this.#random.below(200_000))
}
