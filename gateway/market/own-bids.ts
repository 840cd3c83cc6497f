/** One of an account's own bids, by its id or by the key of the command that placed it: open ones from the view, as
 *  of this moment, ended ones from the records, where they never change any more. Another's bid is as unknown as
 *  one that never was.
 *
 *  A bid that is not in the view may have ended a moment ago and not be settled yet. Then it is waited for, as for
 *  an outcome. */
import { reject } from '../../schema/index.ts'
import type { AccountId, BidId, BidReply, BidRow, Key } from '../../schema/index.ts'
import type { MarketView } from '../feed/view.ts'
import { OUTCOME_PENDING } from '../keys/outcomes.ts'
import type { Outcomes } from '../keys/outcomes.ts'
import type { Records } from '../records/records.ts'
import { Refusal } from '../refusal.ts'
import { bidRow } from './open-bid.ts'
import { findBid } from './records.ts'

export class OwnBids {
  readonly #view: () => MarketView
  readonly #records: Records
  readonly #outcomes: Pick<Outcomes, 'find' | 'untilSettled'>

  constructor(
    view: () => MarketView,
    records: Records,
    outcomes: Pick<Outcomes, 'find' | 'untilSettled'>,
  ) {
    this.#view = view
    this.#records = records
    this.#outcomes = outcomes
  }

  /** @throws {Refusal} bid-unknown, outcome-pending, records-unavailable */
  async get(accountId: AccountId, bidId: BidId): Promise<BidReply> {
    const bid = this.#openBid(accountId, bidId) ?? (await this.#endedBid(accountId, bidId))
    return { sequence: this.#view().sequence, bid }
  }

  /** Also of a bid whose row does not have its key: the records forget no answer.
   *  @throws {Refusal} bid-unknown, outcome-unknown, outcome-pending, records-unavailable */
  async find(accountId: AccountId, key: Key): Promise<BidReply> {
    const { answer } = await this.#outcomes.find(accountId, key)
    if (answer.kind !== 'BidPlaced') throw new Refusal(reject('bid-unknown'))
    const { sequence, bid } = await this.get(accountId, answer.bidId)
    return { sequence, bid: { ...bid, key } }
  }

  #openBid(accountId: AccountId, bidId: BidId): BidRow | null {
    const bid = this.#view().openBid(bidId)
    return bid?.accountId === accountId ? bidRow(bid) : null
  }

  async #endedBid(accountId: AccountId, bidId: BidId): Promise<BidRow> {
    const settled = await findBid(this.#records, accountId, bidId)
    if (settled !== null && settled.status !== 'open') return settled
    const isSettled = await this.#outcomes.untilSettled()
    const bid = await findBid(this.#records, accountId, bidId)
    // The view is ahead of what is settled: by now it has the bid, if that is open.
    const found = bid?.status === 'open' ? this.#openBid(accountId, bidId) : bid
    if (found !== null && found !== undefined) return found
    throw new Refusal(isSettled && bid === null ? reject('bid-unknown') : OUTCOME_PENDING)
  }
}
