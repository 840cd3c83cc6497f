/** Money that comes in like monthly savings: whoever has lent most of it out gets the next month's. */
import type { Bot } from './bot.ts'
import type { Operator } from './operator.ts'

/** Deposits of one round: so that hundreds of bots that start together do not crowd out the bids. */
const DEPOSITS_PER_ROUND_MAX = 25
const LOW = 0.5

export class Savings {
  readonly #operator: Operator
  readonly #waiting = new Set<Bot>()

  constructor(operator: Operator) {
    this.#operator = operator
  }

  /** Looks at all, and tells the market of the cash that has arrived for those who run low. */
  round(bots: readonly Bot[]): void {
    let left = DEPOSITS_PER_ROUND_MAX - this.#waiting.size
    for (const bot of bots) {
      if (left <= 0) return
      const amountMinor = this.#due(bot)
      if (amountMinor === 0 || this.#waiting.has(bot)) continue
      left--
      void this.#pay(bot, amountMinor)
    }
  }

  #due({ cash, strategy }: Bot): number {
    if (cash === null || cash.availableMinor >= strategy.savingsMinor * LOW) return 0
    const isNew = cash.availableMinor + cash.heldMinor === 0
    return isNew ? strategy.cashMinor : strategy.savingsMinor
  }

  /** A round later the cash channel has long told of it. */
  async #pay(bot: Bot, amountMinor: number): Promise<void> {
    this.#waiting.add(bot)
    try {
      await this.#operator.deposit(bot.accountId, amountMinor)
    } catch {
      // The next round sees that it is still due.
    } finally {
      this.#waiting.delete(bot)
    }
  }
}
