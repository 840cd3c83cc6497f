/** All bots, and the pace at which they act together. */
import { isAuction } from '../../schema/index.ts'
import type { RejectCode } from '../../schema/index.ts'
import type { Board } from './board.ts'
import type { Bot } from './bot.ts'
import type { Random } from '../random.ts'
import { LAST_MS, sniper } from './strategy/index.ts'

/** A look that leads to nothing costs this much of a bid: an idle market must not make bots spin. */
const LOOK_COST = 0.2
/** Seconds of pace that may gather while nobody can act. */
const BUDGET_SECONDS_MAX = 1
/** Bots that want to act at once: who was outbid, and snipers of a closing auction. */
const URGENT_MAX = 200
const URGENT_CHANCE = 0.5

export interface Tally {
  bids: number
  readonly refused: Partial<Record<RejectCode, number>>
}

export class Crowd {
  readonly #board: Board
  readonly #random: Random
  readonly #perSecond: number
  readonly #bots: Bot[] = []
  readonly #snipers: Bot[] = []
  readonly #urgent: Bot[] = []
  #budget = 0
  #tally: Tally = { bids: 0, refused: {} }

  constructor(board: Board, random: Random, perSecond: number) {
    this.#board = board
    this.#random = random
    this.#perSecond = perSecond
  }

  get bots(): readonly Bot[] {
    return this.#bots
  }

  add(bot: Bot): void {
    this.#bots.push(bot)
    if (bot.strategy === sniper) this.#snipers.push(bot)
  }

  hurry(bot: Bot): void {
    if (this.#urgent.length < URGENT_MAX) this.#urgent.push(bot)
  }

  /** Has bots act for `ms` of time. */
  tick(nowMs: number, ms: number): void {
    if (this.#bots.length === 0 || !this.#board.isKnown) return
    const gained = (this.#perSecond * ms) / 1_000
    this.#budget = Math.min(this.#budget + gained, this.#perSecond * BUDGET_SECONDS_MAX)
    this.#callSnipers(nowMs)
    while (this.#budget >= 1) this.#budget -= this.#act(this.#next(), nowMs)
  }

  /** What was done since the last call. */
  takeTally(): Tally {
    const tally = this.#tally
    this.#tally = { bids: 0, refused: {} }
    return tally
  }

  close(): void {
    for (const bot of this.#bots) bot.close()
  }

  #next(): Bot {
    const hurried = this.#random.chance(URGENT_CHANCE) ? this.#urgent.shift() : undefined
    return hurried ?? this.#random.pick(this.#bots)
  }

  #act(bot: Bot, nowMs: number): number {
    if (!bot.isReady) return LOOK_COST
    const wishes = bot.decide(nowMs)
    if (wishes.length === 0) return LOOK_COST
    void this.#carryOut(bot, wishes)
    return wishes.length
  }

  async #carryOut(bot: Bot, wishes: Parameters<Bot['act']>[0]): Promise<void> {
    const { accepted, refused } = await bot.act(wishes)
    this.#tally.bids += accepted
    for (const code of refused) this.#tally.refused[code] = (this.#tally.refused[code] ?? 0) + 1
  }

  #callSnipers(nowMs: number): void {
    if (this.#snipers.length === 0) return
    for (const { mode, closesAtMs } of this.#board.open()) {
      const isClosing = isAuction(mode) && closesAtMs - nowMs < LAST_MS
      if (isClosing && this.#random.chance(0.05)) this.hurry(this.#random.pick(this.#snipers))
    }
  }
}
