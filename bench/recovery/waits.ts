/** How long entries wait for the engine under a steady load, an open loop: each is due at its time, whether the
 *  one before was late or not. And how late the event loop itself is. */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as wait } from 'node:timers/promises'
import { build } from 'hdr-histogram-js'

export interface Waits {
  readonly entryMs: (percentile: number) => number
  readonly loopMs: (percentile: number) => number
}

/** Applies one entry every `everyMs` until `work` is done. */
export async function waitsDuring(
  everyMs: number,
  applyNext: () => void,
  work: () => Promise<void>,
): Promise<Waits> {
  const entries = build({ highestTrackableValue: 100_000_000, numberOfSignificantValueDigits: 3 })
  const loop = monitorEventLoopDelay({ resolution: 1 })
  let isDone = false
  const load = async () => {
    for (let dueMs = performance.now() + everyMs; !isDone; dueMs += everyMs) {
      await wait(Math.max(0, dueMs - performance.now()))
      applyNext()
      entries.recordValue(Math.max(1, Math.round((performance.now() - dueMs) * 1e3)))
    }
  }
  loop.enable()
  const loading = load()
  await work()
  isDone = true
  await loading
  loop.disable()
  return {
    entryMs: (percentile) => entries.getValueAtPercentile(percentile) / 1e3,
    // It counts the time between two looks, a millisecond when nothing is late.
    loopMs: (percentile) => Math.max(0, loop.percentile(percentile) / 1e6 - 1),
  }
}
