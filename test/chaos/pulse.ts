/** What callers feel of a fault: how long nobody heard an answer, and how long one had to wait. */
export interface Felt {
  /** The longest time in which no caller at all heard anything. */
  readonly silenceMs: number
  /** The longest time from asking to hearing, tries over reconnects included. */
  readonly waitMs: number
  /** How late this machine was at worst with the test's own work: no fault of the market. */
  readonly lateMs: number
}

export class Pulse {
  /** Answers heard since the beginning. */
  count = 0
  #heardAtMs = 0
  #silenceMs = 0
  #waitMs = 0
  #lateMs = 0

  /** Begins a new measurement. */
  reset(nowMs: number): void {
    this.#heardAtMs = nowMs
    this.#silenceMs = 0
    this.#waitMs = 0
    this.#lateMs = 0
  }

  ticked(lateMs: number): void {
    this.#lateMs = Math.max(this.#lateMs, lateMs)
  }

  heard(nowMs: number, askedAtMs: number, answers = 1): void {
    this.count += answers
    this.#silenceMs = Math.max(this.#silenceMs, nowMs - this.#heardAtMs)
    this.#waitMs = Math.max(this.#waitMs, nowMs - askedAtMs)
    this.#heardAtMs = nowMs
  }

  felt(nowMs: number): Felt {
    const silenceMs = Math.max(this.#silenceMs, nowMs - this.#heardAtMs)
    return {
      silenceMs: Math.round(silenceMs),
      waitMs: Math.round(this.#waitMs),
      lateMs: Math.round(this.#lateMs),
    }
  }
}
