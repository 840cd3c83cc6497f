/** The wait before attempt `attempt` (counting from 1): 50 ms, doubling up to 1 s, and up to as much
 *  again at random, so that processes that lost the same server do not come back in step. Below 50 ms a
 *  client has been seen to hang blocking commands (ioredis#1718). */
import { setTimeout as wait } from 'node:timers/promises'

const BACKOFF_MS_MIN = 50
const BACKOFF_MS_MAX = 1_000

export function backoffMs(attempt: number, random: number = Math.random()): number {
  const base = Math.min(BACKOFF_MS_MAX, BACKOFF_MS_MIN * 2 ** Math.min(attempt - 1, 10))
  return Math.round(base * (1 + random))
}

/** Waits before the next attempt; returns early, without throwing, once `signal` is aborted. */
export async function backOff(attempt: number, signal?: AbortSignal): Promise<void> {
  await pause(backoffMs(attempt), signal)
}

/** Waits `ms`, or less once `signal` is aborted. Never throws. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await wait(ms, undefined, signal === undefined ? {} : { signal }).catch(() => {})
}
