/** Full jitter (AWS Architecture Blog, "Exponential Backoff And Jitter"): anywhere between nothing and
 *  a bound that doubles, so that a thousand clients of a gateway that went away do not come back at
 *  once. */
const FIRST_MS = 100
const BOUND_MS = 10_000

/** @param attempt 0 for the first try after a working connection */
export function backoffMs(attempt: number, random: () => number): number {
  return Math.floor(random() * Math.min(BOUND_MS, FIRST_MS * 2 ** Math.min(attempt, 20)))
}
