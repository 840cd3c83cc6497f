/** Keeps the parts of a market running: what ends unasked is started again, after a pause that grows.
 *  What keeps ending is given up, because then starting it again is not the cure. */
import { setTimeout as wait } from 'node:timers/promises'
import { messageOf } from '../../engine/host/index.ts'
import { describeExit } from './child.ts'
import type { Child } from './child.ts'

/** So many starts within the window, and the part is given up. */
const RESTARTS_MAX = 8
const RESTART_WINDOW_MS = 60_000
const PAUSE_MS_MIN = 100
const PAUSE_MS_MAX = 5_000

interface Supervised extends Child {
  shutdown(): Promise<void>
}

export interface Part<Running extends Supervised> {
  readonly name: string
  start(): Promise<Running>
  /** Called each time it ended unasked or would not start. */
  onTrouble(line: string): void
  /** Called once, when it has been given up. */
  onGivenUp(line: string): void
}

export interface Supervision<Running extends Supervised> {
  /** What runs now; the last one while there is none. */
  readonly current: () => Running
  /** Ends it in good order and does not start it again. */
  readonly stop: () => Promise<void>
}

/** Starts the part; rejects when its first start fails, for then a setting is wrong. */
export async function supervise<Running extends Supervised>(
  part: Part<Running>,
): Promise<Supervision<Running>> {
  let current = await part.start()
  const stopping = new AbortController()
  const isStopping = () => stopping.signal.aborted
  const watched = watch()
  return {
    current: () => current,
    stop: async () => {
      stopping.abort()
      await current.shutdown()
      await watched
    },
  }

  async function watch(): Promise<void> {
    const startsMs: number[] = []
    while (!isStopping()) {
      const exit = await current.exited
      if (isStopping()) return
      const line = `${part.name} ${describeExit(exit, current.lastLines())}`
      if (!(await startAgain(startsMs, line))) return
    }
  }

  /** False when it was given up, or is not wanted any more. */
  async function startAgain(startsMs: number[], why: string): Promise<boolean> {
    let line = why
    while (!isStopping()) {
      while ((startsMs[0] ?? Infinity) < Date.now() - RESTART_WINDOW_MS) startsMs.shift()
      if (startsMs.length >= RESTARTS_MAX) {
        part.onGivenUp(`${line}; given up after ${RESTARTS_MAX} restarts in a minute`)
        return false
      }
      part.onTrouble(`${line}; starting it again`)
      await pause(Math.min(PAUSE_MS_MAX, PAUSE_MS_MIN * 2 ** startsMs.length))
      startsMs.push(Date.now())
      if (isStopping()) return false
      try {
        current = await part.start()
        if (isStopping()) await current.shutdown()
        return !isStopping()
      } catch (error) {
        line = messageOf(error)
      }
    }
    return false
  }

  async function pause(ms: number): Promise<void> {
    await wait(ms, undefined, { signal: stopping.signal }).catch(() => undefined)
  }
}
