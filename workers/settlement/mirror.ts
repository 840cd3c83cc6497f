/** The ledger as settlement knows it in memory: balances, open bids and open listings.
 *
 *  Balances are moved by the transfers that are posted, never by what the engine says they are, so the
 *  digest of a mirror is the ledger's own word. Each term of the digest is exchanged once an entry, not
 *  once a change. A mirror runs ahead of the tables by what is being committed; when a commit does not
 *  come through, it is thrown away and read from the tables again. */
import { assert } from '../../schema/unit.ts'
import type { AccountId, BidId, ListingId } from '../../schema/unit.ts'
import type { BidAmended } from '../../schema/event.ts'
import type { Digest } from '../../schema/entry.ts'
import type { FundingMode } from '../../schema/market/terms.ts'
import {
  accountTerm,
  bidTerm,
  DigestSum,
  listingTerm,
  OpenBidTable,
  placeTerm,
  stageTerm,
} from '../../engine/index.ts'
import type { ListingStage } from '../../engine/index.ts'
import { AVAILABLE, HELD } from './ledger/chart.ts'
import type { ChartCode } from './ledger/chart.ts'
import type { Transfer } from './ledger/transfer.ts'

export interface CashBalance {
  readonly accountId: AccountId
  availableMinor: number
  heldMinor: number
  /** The entry whose change of the digest is still to be counted. */
  touchedAt: number
}

export interface OpenBid {
  readonly bidId: BidId
  readonly listingId: ListingId
  readonly accountId: AccountId
  ratePpm: number
  acceptedMinor: number
  /** In time among equal rates: its id's, unless it was amended. */
  place: number
}

export interface OpenListing {
  readonly listingId: ListingId
  readonly mode: FundingMode
  readonly amountMinor: number
  fundedMinor: number
  bidCount: number
  stage: ListingStage
  /** Who has reviewed it first; 0: nobody yet. */
  approvedBy: AccountId | 0
  /** Once it is full; null before. */
  ratePpm: number | null
  touchedAt: number
}

const UNTOUCHED = -1

export class Mirror {
  readonly #digest = new DigestSum()
  readonly #balances = new Map<AccountId, CashBalance>()
  readonly #bids = new OpenBidTable<OpenBid>()
  readonly #listings = new Map<ListingId, OpenListing>()
  #touchedBalances: CashBalance[] = []
  #touchedListings: OpenListing[] = []
  /** The last entry that was counted. */
  sequence: number

  constructor(sequence: number) {
    this.sequence = sequence
  }

  /** Everything between this and `endEntry` belongs to the entry after the last one. */
  beginEntry(sequence: number): void {
    assert(sequence === this.sequence + 1, `entry ${sequence} after ${this.sequence}`)
    this.sequence = sequence
  }

  /** The digest after the entry. */
  endEntry(): Digest {
    for (const balance of this.#touchedBalances) this.#digest.add(termOf(balance))
    for (const listing of this.#touchedListings) this.#countListing(listing)
    this.#touchedBalances = []
    this.#touchedListings = []
    return this.#digest.hex()
  }

  post(transfer: Transfer): void {
    const { debitCode, debitOwner, creditCode, creditOwner, amountMinor } = transfer
    assert(amountMinor > 0, 'a transfer moves something')
    // The brand is lost in a transfer's owner, which may be other things than an account.
    this.#move(debitCode, debitOwner as AccountId, -amountMinor)
    this.#move(creditCode, creditOwner as AccountId, amountMinor)
  }

  openListing(listing: OpenListing): void {
    assert(!this.#listings.has(listing.listingId), `listing ${listing.listingId} opens once`)
    this.#listings.set(listing.listingId, listing)
    this.#touchListing(listing)
  }

  listing(listingId: ListingId): OpenListing {
    const listing = this.#listings.get(listingId)
    assert(listing !== undefined, `listing ${listingId} is not open`)
    return listing
  }

  /** Takes a listing further on its way. */
  enterStage(
    listingId: ListingId,
    change: Partial<Pick<OpenListing, 'stage' | 'approvedBy' | 'ratePpm'>>,
  ): void {
    const listing = this.listing(listingId)
    this.#touchListing(listing)
    Object.assign(listing, change)
  }

  /** Its bids have to be closed before. */
  closeListing(listingId: ListingId): OpenListing {
    const listing = this.listing(listingId)
    assert(listing.bidCount === 0, `listing ${listingId} closes with no bid left open`)
    assert(listing.fundedMinor === 0, `listing ${listingId} closes with nothing left in its book`)
    this.#touchListing(listing)
    this.#listings.delete(listingId)
    return listing
  }

  openBid(bid: OpenBid): void {
    assert(this.#bids.get(bid.bidId) === null, `bid ${bid.bidId} opens once`)
    assert(bid.acceptedMinor > 0, `bid ${bid.bidId} has something in the book`)
    this.#bids.add(bid)
    this.#addBidTerms(bid)
    this.#changeBook(bid.listingId, bid.acceptedMinor, 1)
  }

  /** `acceptedMinor` is what stays in the book after `releasedMinor` left it. */
  reduceBid(bidId: BidId, releasedMinor: number, acceptedMinor: number): OpenBid {
    const bid = this.bid(bidId)
    assert(bid.acceptedMinor - releasedMinor === acceptedMinor, `bid ${bidId} keeps its sum`)
    assert(acceptedMinor > 0, `bid ${bidId} stays in the book`)
    this.#removeBidTerms(bid)
    bid.acceptedMinor = acceptedMinor
    this.#addBidTerms(bid)
    this.#changeBook(bid.listingId, -releasedMinor, 0)
    return bid
  }

  /** The bid goes on with new terms, and with what it held before and what was moved since. */
  amendBid(event: BidAmended): void {
    const { bidId, listingId, acceptedMinor, heldMinor, releasedMinor, ratePpm, place } = event
    const bid = this.bid(bidId)
    const byMinor = heldMinor - releasedMinor
    assert(heldMinor === 0 || releasedMinor === 0, `bid ${bidId} moves its cash one way`)
    assert(bid.acceptedMinor + byMinor === acceptedMinor, `bid ${bidId} keeps its sum`)
    assert(acceptedMinor > 0, `bid ${bidId} stays in the book`)
    this.#removeBidTerms(bid)
    bid.acceptedMinor = acceptedMinor
    bid.ratePpm = ratePpm
    bid.place = place
    this.#addBidTerms(bid)
    this.#changeBook(listingId, byMinor, 0)
  }

  /** All that the bid had in the book, `leavingMinor`, leaves it. */
  closeBid(bidId: BidId, leavingMinor: number): OpenBid {
    const bid = this.bid(bidId)
    assert(bid.acceptedMinor === leavingMinor, `bid ${bidId} leaves with all it had`)
    this.#removeBidTerms(bid)
    this.#bids.remove(bid)
    this.#changeBook(bid.listingId, -leavingMinor, -1)
    return bid
  }

  bid(bidId: BidId): OpenBid {
    const bid = this.#bids.get(bidId)
    assert(bid !== null, `bid ${bidId} is not open`)
    return bid
  }

  /** Puts back what the tables hold at the cursor, in any order; listings know their own sums. */
  restoreBalance(accountId: AccountId, availableMinor: number, heldMinor: number): void {
    assert(availableMinor >= 0 && heldMinor >= 0, `account ${accountId} has nothing below zero`)
    const balance = { accountId, availableMinor, heldMinor, touchedAt: UNTOUCHED }
    this.#balances.set(accountId, balance)
    this.#digest.add(termOf(balance))
  }

  restoreBid(bid: OpenBid): void {
    this.#bids.add(bid)
    this.#addBidTerms(bid)
  }

  restoreListing(listing: Omit<OpenListing, 'touchedAt'>): void {
    const restored = { ...listing, touchedAt: UNTOUCHED }
    this.#listings.set(listing.listingId, restored)
    this.#addListingTerms(restored)
  }

  digest(): Digest {
    return this.#digest.hex()
  }

  #addListingTerms(listing: OpenListing): void {
    this.#digest.add(listingTermOf(listing))
    this.#digest.add(stageTermOf(listing))
  }

  #addBidTerms(bid: OpenBid): void {
    this.#digest.add(bidTermOf(bid))
    if (bid.place !== bid.bidId) this.#digest.add(placeTerm(bid.bidId, bid.place))
  }

  #removeBidTerms(bid: OpenBid): void {
    this.#digest.remove(bidTermOf(bid))
    if (bid.place !== bid.bidId) this.#digest.remove(placeTerm(bid.bidId, bid.place))
  }

  #move(code: ChartCode, owner: AccountId, byMinor: number): void {
    if (code !== AVAILABLE && code !== HELD) return
    const balance = this.#touchBalance(owner)
    if (code === AVAILABLE)
      balance.availableMinor = moved(balance.availableMinor, byMinor, `available to ${owner}`)
    else balance.heldMinor = moved(balance.heldMinor, byMinor, `held of ${owner}`)
  }

  #touchBalance(accountId: AccountId): CashBalance {
    let balance = this.#balances.get(accountId)
    if (balance === undefined) {
      balance = { accountId, availableMinor: 0, heldMinor: 0, touchedAt: UNTOUCHED }
      this.#balances.set(accountId, balance)
    }
    if (balance.touchedAt !== this.sequence) {
      balance.touchedAt = this.sequence
      this.#digest.remove(termOf(balance))
      this.#touchedBalances.push(balance)
    }
    return balance
  }

  #changeBook(listingId: ListingId, byMinor: number, byBids: number): void {
    const listing = this.listing(listingId)
    this.#touchListing(listing)
    listing.fundedMinor = moved(listing.fundedMinor, byMinor, `in the book of listing ${listingId}`)
    listing.bidCount += byBids
  }

  /** Only at the end of an entry: a better bid is told before the one that it displaces. */
  #countListing(listing: OpenListing): void {
    const { listingId, mode, fundedMinor, amountMinor } = listing
    assert(
      fundedMinor <= amountMinor || mode === 'pro-rata',
      `listing ${listingId} is not overfunded`,
    )
    if (this.#listings.has(listingId)) this.#addListingTerms(listing)
  }

  /** One that opens in this entry has no term yet that could be taken out. */
  #touchListing(listing: OpenListing): void {
    if (listing.touchedAt === this.sequence) return
    if (listing.touchedAt !== NOT_COUNTED) {
      this.#digest.remove(listingTermOf(listing))
      this.#digest.remove(stageTermOf(listing))
    }
    listing.touchedAt = this.sequence
    this.#touchedListings.push(listing)
  }
}

/** Two safe integers that pass the range of exact arithmetic together never round back into it. */
function moved(minor: number, byMinor: number, what: string): number {
  const after = minor + byMinor
  assert(after >= 0, `what is ${what} is never below zero`)
  assert(Number.isSafeInteger(after), `what is ${what} is a safe integer`)
  return after
}

/** `touchedAt` of a listing that the digest has not seen yet. */
export const NOT_COUNTED = -2

function termOf(balance: CashBalance): ReturnType<typeof accountTerm> {
  return accountTerm(balance.accountId, balance.availableMinor, balance.heldMinor)
}

function bidTermOf(bid: OpenBid): ReturnType<typeof bidTerm> {
  return bidTerm(bid.bidId, bid.listingId, bid.accountId, bid.acceptedMinor, bid.ratePpm)
}

function listingTermOf(listing: OpenListing): ReturnType<typeof listingTerm> {
  return listingTerm(listing.listingId, listing.fundedMinor, listing.bidCount)
}

function stageTermOf(listing: OpenListing): ReturnType<typeof stageTerm> {
  return stageTerm(listing.listingId, listing.stage, listing.approvedBy)
}
