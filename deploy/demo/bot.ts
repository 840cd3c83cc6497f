/** One investor: a connection of its own to the public protocol, its own cash and bids, one strategy. */
import { createNodeClient } from '../../gateway/client/node.ts'
import type { BatchItem, Client } from '../../gateway/client/node.ts'
import { bidId, listingId, minor, ratePpm } from '../../schema/index.ts'
import type { BidRow, BriefAnswer, CashRow, RejectCode } from '../../schema/index.ts'
import type { Board } from './board.ts'
import type { Session } from './people.ts'
import type { Random } from '../random.ts'
import type { Strategy, Wish } from './strategy/index.ts'

export interface BotOptions {
  readonly wsUrl: string
  readonly session: Session
  readonly strategy: Strategy
  readonly board: Board
  readonly random: Random
  /** A new session when this one has ended. */
  readonly renew: () => Promise<Session>
  /** One of its bids lost its place to a better one. */
  readonly onOutbid: (bot: Bot) => void
}

/** What became of what a bot asked for. */
export interface Acted {
  readonly accepted: number
  readonly refused: readonly RejectCode[]
}

const NOTHING: Acted = { accepted: 0, refused: [] }

export class Bot {
  readonly strategy: Strategy
  readonly #options: BotOptions
  readonly #client: Client
  readonly #taste: number
  readonly #bids = new Map<number, BidRow>()
  #session: Session
  #cash: CashRow | null = null
  #isBusy = false

  constructor(options: BotOptions) {
    this.#session = options.session
    this.strategy = options.strategy
    this.#options = options
    this.#taste = options.random.next()
    this.#client = createNodeClient({ url: options.wsUrl, token: options.session.token })
    this.#client.listen({ onSignedOut: () => void this.#signInAgain() })
    this.#follow()
  }

  get accountId(): number {
    return this.#session.accountId
  }

  /** Null until the gateway has told it. */
  get cash(): CashRow | null {
    return this.#cash
  }

  get isReady(): boolean {
    return !this.#isBusy && this.#cash !== null && this.#client.state === 'connected'
  }

  /** What it would do now. */
  decide(nowMs: number): readonly Wish[] {
    return this.strategy.decide({
      nowMs,
      listings: this.#options.board.open(),
      availableMinor: this.#cash?.availableMinor ?? 0,
      bids: [...this.#bids.values()],
      random: this.#options.random,
      taste: this.#taste,
    })
  }

  /** Asks for it, one by one or as a batch. An answer that never comes is known from the bids channel. */
  async act(wishes: readonly Wish[]): Promise<Acted> {
    this.#isBusy = true
    try {
      const items = wishes.map((wish) => this.#itemOf(wish))
      const { answers } = await this.#client.batch(items)
      return tally(answers)
    } catch {
      return NOTHING
    } finally {
      this.#isBusy = false
    }
  }

  close(): void {
    this.#client.close()
  }

  #itemOf(wish: Wish): BatchItem {
    const key = this.#client.nextKey()
    if (wish.kind === 'cancel') return { key, bidId: bidId(wish.bidId) }
    const terms = { amountMinor: minor(wish.amountMinor), ratePpm: ratePpm(wish.ratePpm) }
    return wish.kind === 'amend'
      ? { key, bidId: bidId(wish.bidId), ...terms }
      : { key, listingId: listingId(wish.listingId), ...terms }
  }

  #follow(): void {
    const takeCash = (cash: CashRow): void => void (this.#cash = cash)
    this.#client.subscribe('cash', { onSnapshot: takeCash, onDelta: takeCash })
    this.#client.subscribe('bids', {
      onSnapshot: ({ bids }) => {
        this.#bids.clear()
        for (const bid of bids) this.#take(bid)
      },
      onDelta: ({ bids }) => {
        for (const bid of bids) this.#take(bid)
        if (bids.some(({ status }) => status === 'outbid')) this.#options.onOutbid(this)
      },
    })
  }

  #take(bid: BidRow): void {
    if (bid.status === 'open') this.#bids.set(bid.bidId, bid)
    else this.#bids.delete(bid.bidId)
  }

  async #signInAgain(): Promise<void> {
    try {
      this.#session = await this.#options.renew()
      await this.#client.logon(this.#session.token)
    } catch {
      // The market is closing, or the person is gone: this bot rests.
    }
  }
}

function tally(answers: readonly BriefAnswer[]): Acted {
  const refused = answers.flatMap((answer) => ('code' in answer ? [answer.code] : []))
  return { accepted: answers.length - refused.length, refused }
}
