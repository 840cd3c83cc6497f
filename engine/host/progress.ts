/** Whether what waits is being done. A role that hangs has no error to tell of: something waits, and nothing
 *  comes of it. That is all that is looked for here, so it is found whatever the cause. */
import { PROGRESS_MS_MAX } from '../../schema/limit.ts'
import { pause } from './backoff.ts'

/** How work stands at one moment. */
export interface Standing {
  readonly isWaiting: boolean
  /** How far it has come: something that differs once anything was done. */
  readonly reached: number | string
}

export class Progress {
  readonly #what: string
  readonly #nowMs: () => number
  #reached: number | string | null = null
  /** Since when something waits without anything being done; null when nothing waits. */
  #sinceMs: number | null = null

  /** `what` is told in the reason: "posting", "answers". */
  constructor(what: string, nowMs: () => number = () => performance.now()) {
    this.#what = what
    this.#nowMs = nowMs
  }

  /** To be told at least every LOOK_EVERY_MS. */
  note({ isWaiting, reached }: Standing): void {
    const isAdvanced = reached !== this.#reached
    this.#reached = reached
    if (!isWaiting) this.#sinceMs = null
    else if (isAdvanced || this.#sinceMs === null) this.#sinceMs = this.#nowMs()
  }

  /** Why it is not ready: something has waited for longer than PROGRESS_MS_MAX, and nothing advanced. */
  readiness(): readonly string[] {
    if (this.#sinceMs === null) return []
    const stillMs = this.#nowMs() - this.#sinceMs
    if (stillMs <= PROGRESS_MS_MAX) return []
    return [
      `${this.#what}: something waits and nothing advances for ${Math.floor(stillMs / 1_000)} s`,
    ]
  }
}

export const LOOK_EVERY_MS = 500

/** Has someone `look` and note what is found until the signal is aborted. A look that fails says nothing:
 *  whatever it was asked of tells of its own outage, and what waited before goes on waiting. */
export async function watchProgress(look: () => Promise<void>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await look().catch(() => {})
    await pause(LOOK_EVERY_MS, signal)
  }
}
