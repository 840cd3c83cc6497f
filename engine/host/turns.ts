/** Long work in steps, for a process that has other work meanwhile. */
import { setImmediate } from 'node:timers/promises'

const TURN_MS = 5

/** Takes the steps to their end, and lets go of the thread whenever a turn is over. */
export async function runInTurns<Made>(steps: Generator<undefined, Made>): Promise<Made> {
  let turnEndsMs = performance.now() + TURN_MS
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
    if (performance.now() < turnEndsMs) continue
    await setImmediate()
    turnEndsMs = performance.now() + TURN_MS
  }
}
