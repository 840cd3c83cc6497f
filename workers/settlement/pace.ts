import { pause } from '../../engine/host/index.ts'

/** Keeps two rounds of a loop at least `everyMs` apart, without holding up the first after a rest. */
export class Pace {
  readonly #everyMs: number
  #lastAt = -Infinity

  constructor(everyMs: number) {
    this.#everyMs = everyMs
  }

  /** What is left to wait; 0 when a round may begin. */
  remainingMs(): number {
    return Math.max(0, this.#lastAt + this.#everyMs - performance.now())
  }

  begin(): void {
    this.#lastAt = performance.now()
  }

  async wait(signal: AbortSignal): Promise<void> {
    const remainingMs = this.remainingMs()
    if (remainingMs > 0) await pause(remainingMs, signal)
  }
}
