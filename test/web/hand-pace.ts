import type { Pace } from '../../web/data/feed/pace.ts'

/** A pace that the test turns by hand: the browser's frames, one at a time. */
export class HandPace implements Pace {
  #waiting: (() => void)[] = []

  soon(run: () => void): void {
    this.#waiting.push(run)
  }

  /** Paints a frame. @returns how much had asked for it */
  frame(): number {
    const runs = this.#waiting
    this.#waiting = []
    for (const run of runs) run()
    return runs.length
  }
}
