/** Whose the bids were that ended last, so that their owners hear that they are closed and nobody else that they
 *  ever were. What is older than these is forgotten: to everybody it is unknown.
 *
 *  Of bids that ended before anybody took note (a snapshot of schema version 3 or before) the owners are not known:
 *  everybody hears `bid-closed`, as then.
 *
 *  What is noted never changes and goes from the oldest on, in lumps, so who reads it while it goes on holds on to
 *  the lumps that there were. */
import { bidId as toBidId } from '../../schema/index.ts'
import type { AccountId, BidId } from '../../schema/index.ts'
import { SpreadMap } from '../spread-map.ts'

interface Lump {
  readonly bids: Float64Array
  readonly owners: Float64Array
  count: number
}

const LUMP_BIDS = 512

export class EndedBids {
  readonly #max: number
  readonly #owners = new SpreadMap<AccountId>()
  #lumps: Lump[] = []
  /** Of the first lump, what is forgotten already. */
  #head = 0
  #size = 0
  /** The first bid whose end was, or is yet to be, taken note of. */
  notedFrom: BidId = toBidId(1)

  constructor(max: number) {
    this.#max = max
  }

  get size(): number {
    return this.#size
  }

  /** Takes note of a bid that ends; lets the one go that ended first when there are enough. */
  add(bidId: BidId, owner: AccountId): void {
    if (this.#size >= this.#max) this.#letGo()
    this.restore(bidId, owner)
  }

  /** Puts one of a snapshot back, however many there are. */
  restore(bidId: BidId, owner: AccountId): void {
    const last = this.#lumps.at(-1)
    const lump = last === undefined || last.count === LUMP_BIDS ? this.#addLump() : last
    lump.bids[lump.count] = bidId
    lump.owners[lump.count] = owner
    lump.count++
    this.#owners.set(bidId, owner)
    this.#size++
  }

  /** Whether the account is to hear that a bid, which is not open, has been its own. */
  isOf(accountId: AccountId, bidId: BidId): boolean {
    const owner = this.#owners.get(bidId)
    return owner === undefined ? bidId < this.notedFrom : owner === accountId
  }

  /** Each with its owner as of now, the one that ended first first, however long it takes. */
  entries(): Generator<readonly [BidId, AccountId]> {
    const lumps = this.#lumps.map((lump) => [lump, lump.count] as const)
    return passAll(lumps, this.#head)
  }

  #letGo(): void {
    const [first] = this.#lumps
    if (first === undefined) return
    this.#owners.take(first.bids[this.#head++] ?? 0)
    this.#size--
    if (this.#head < first.count) return
    this.#lumps.shift()
    this.#head = 0
  }

  #addLump(): Lump {
    const numbers = (): Float64Array => new Float64Array(LUMP_BIDS)
    const lump = { bids: numbers(), owners: numbers(), count: 0 }
    this.#lumps.push(lump)
    return lump
  }
}

function* passAll(
  lumps: readonly (readonly [Lump, number])[],
  head: number,
): Generator<readonly [BidId, AccountId]> {
  let from = head
  for (const [{ bids, owners }, count] of lumps) {
    for (let place = from; place < count; place++)
      yield [bids[place] as BidId, owners[place] as AccountId]
    from = 0
  }
}
