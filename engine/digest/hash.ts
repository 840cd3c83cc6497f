/** A 64 bit hash of a few whole numbers, in two lanes of 32 bits that know nothing of each other.
 *
 *  Each lane takes a number in by xor, multiplication and shift, and is stirred at the end by the
 *  finalizer of MurmurHash3 (Austin Appleby, public domain) with constants of its own. Everything
 *  stays in 32 bits, where the engine's processor has it for nothing: a bid takes six of these. */

export interface Hash {
  readonly high: number
  readonly low: number
}

export const NO_HASH: Hash = { high: 0, low: 0 }

/** Hashes safe whole numbers from 0 up; `seed` keeps the hashes of different things apart. */
export function hashNumbers(
  seed: number,
  a: number,
  b: number,
  c: number,
  d: number,
  e: number,
): Hash {
  return { high: highLane(seed, a, b, c, d, e), low: lowLane(seed, a, b, c, d, e) }
}

function highLane(seed: number, a: number, b: number, c: number, d: number, e: number): number {
  let lane = stirHigh(0x2545f491, seed)
  lane = stirHigh(lane, a)
  lane = stirHigh(lane, b)
  lane = stirHigh(lane, c)
  lane = stirHigh(lane, d)
  lane = stirHigh(lane, e)
  lane = Math.imul(lane ^ (lane >>> 16), 0x85ebca6b)
  lane = Math.imul(lane ^ (lane >>> 13), 0xc2b2ae35)
  return lane ^ (lane >>> 16)
}

function lowLane(seed: number, a: number, b: number, c: number, d: number, e: number): number {
  let lane = stirLow(0x3c6ef372, seed)
  lane = stirLow(lane, a)
  lane = stirLow(lane, b)
  lane = stirLow(lane, c)
  lane = stirLow(lane, d)
  lane = stirLow(lane, e)
  lane = Math.imul(lane ^ (lane >>> 15), 0x2c1b3c6d)
  lane = Math.imul(lane ^ (lane >>> 12), 0x297a2d39)
  return lane ^ (lane >>> 15)
}

/** Takes one number into a lane. The bits above the lowest 32 go in by another multiplier in each. */
export function stirHigh(lane: number, value: number): number {
  const upper = (value / 0x1_0000_0000) | 0
  const mixed = Math.imul(lane ^ value ^ Math.imul(upper, 0x27d4eb2f), 0xcc9e2d51)
  return ((mixed ^ (mixed >>> 15)) + 0x38495ab5) | 0
}

export function stirLow(lane: number, value: number): number {
  const upper = (value / 0x1_0000_0000) | 0
  const mixed = Math.imul(lane ^ value ^ Math.imul(upper, 0x165667b1), 0x1b873593)
  return ((mixed ^ (mixed >>> 17)) + 0x561ccd1b) | 0
}
