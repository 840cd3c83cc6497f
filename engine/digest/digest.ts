/** The running digest: 64 bits over every balance, open bid and open listing.
 *
 *  It is the sum of one term for each of them, so a change costs one term taken out and one put in,
 *  the order does not matter, and whoever knows the same facts (another engine, a replay, the ledger)
 *  comes to the same digest. It finds mistakes; it is no defence against a forger, which the hash
 *  chain of the settlement journal is. */
import { assert } from '../../schema/index.ts'
import type { AccountId, BidId, Digest, ListingId } from '../../schema/index.ts'
import { LISTING_STAGES } from '../market/listing.ts'
import type { ListingStage } from '../market/listing.ts'
import { hashNumbers, NO_HASH } from './hash.ts'
import type { Hash } from './hash.ts'

/** What one fact adds to the sum. */
export type Term = Hash

const ACCOUNT_SEED = 1
const BID_SEED = 2
const LISTING_SEED = 3
const PLACE_SEED = 4
const STAGE_SEED = 5

/** The term of an account's cash; nothing for an account without any. */
export function accountTerm(accountId: AccountId, availableMinor: number, heldMinor: number): Term {
  if (availableMinor === 0 && heldMinor === 0) return NO_HASH
  return hashNumbers(ACCOUNT_SEED, accountId, availableMinor, heldMinor, 0, 0)
}

/** The term of an open bid. */
export function bidTerm(
  bidId: BidId,
  listingId: ListingId,
  accountId: AccountId,
  acceptedMinor: number,
  ratePpm: number,
): Term {
  return hashNumbers(BID_SEED, bidId, listingId, accountId, acceptedMinor, ratePpm)
}

/** What an open bid adds that was amended and so stands at another place than that of its id. */
export function placeTerm(bidId: BidId, place: number): Term {
  return place === bidId ? NO_HASH : hashNumbers(PLACE_SEED, bidId, place, 0, 0, 0)
}

/** The term of an open listing: what its book has accepted and from how many bids. */
export function listingTerm(listingId: ListingId, fundedMinor: number, bidCount: number): Term {
  return hashNumbers(LISTING_SEED, listingId, fundedMinor, bidCount, 0, 0)
}

/** What a listing adds that is not open: how far it is, and who has reviewed it first. */
export function stageTerm(
  listingId: ListingId,
  stage: ListingStage,
  approvedBy: AccountId | 0,
): Term {
  if (stage === 'open') return NO_HASH
  return hashNumbers(STAGE_SEED, listingId, LISTING_STAGES.indexOf(stage), approvedBy, 0, 0)
}

export class DigestSum {
  #high = 0
  #low = 0

  /** Goes on from a digest that `hex` wrote. */
  static from(hex: Digest): DigestSum {
    assert(/^[0-9a-f]{16}$/.test(hex), `${hex} is not a digest`)
    const sum = new DigestSum()
    sum.#high = Number.parseInt(hex.slice(0, 8), 16) | 0
    sum.#low = Number.parseInt(hex.slice(8), 16) | 0
    return sum
  }

  add(term: Term): void {
    this.#high = (this.#high + term.high) | 0
    this.#low = (this.#low + term.low) | 0
  }

  remove(term: Term): void {
    this.#high = (this.#high - term.high) | 0
    this.#low = (this.#low - term.low) | 0
  }

  /** Sixteen hex digits; all zero when there is nothing to tell. */
  hex(): Digest {
    return hexOf(this.#high) + hexOf(this.#low)
  }
}

function hexOf(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0')
}
