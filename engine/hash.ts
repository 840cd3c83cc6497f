/** A 64 bit hash of a few whole numbers, in two lanes of 32 bits that know nothing of each other.
 *
 *  Each lane takes in a word by xor, multiplication and shift, and is stirred at the end by the
 *  finalizer of MurmurHash3 (Austin Appleby, public domain) with constants of its own. */

export interface Hash {
  readonly high: number
  readonly low: number
}

export const NO_HASH: Hash = { high: 0, low: 0 }

/** Hashes safe whole numbers, negative ones too; `seed` keeps the hashes of different things apart. */
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
  let lane = Math.imul(seed, 0x9e3779b1)
  lane = stirHigh(stirHigh(lane, a | 0), upperWord(a))
  lane = stirHigh(stirHigh(lane, b | 0), upperWord(b))
  lane = stirHigh(stirHigh(lane, c | 0), upperWord(c))
  lane = stirHigh(stirHigh(lane, d | 0), upperWord(d))
  lane = stirHigh(stirHigh(lane, e | 0), upperWord(e))
  lane = Math.imul(lane ^ (lane >>> 16), 0x85ebca6b)
  lane = Math.imul(lane ^ (lane >>> 13), 0xc2b2ae35)
  return lane ^ (lane >>> 16)
}

function lowLane(seed: number, a: number, b: number, c: number, d: number, e: number): number {
  let lane = Math.imul(seed, 0x85ebca77)
  lane = stirLow(stirLow(lane, a | 0), upperWord(a))
  lane = stirLow(stirLow(lane, b | 0), upperWord(b))
  lane = stirLow(stirLow(lane, c | 0), upperWord(c))
  lane = stirLow(stirLow(lane, d | 0), upperWord(d))
  lane = stirLow(stirLow(lane, e | 0), upperWord(e))
  lane = Math.imul(lane ^ (lane >>> 15), 0x2c1b3c6d)
  lane = Math.imul(lane ^ (lane >>> 12), 0x297a2d39)
  return lane ^ (lane >>> 15)
}

function stirHigh(lane: number, word: number): number {
  const mixed = Math.imul(lane ^ word, 0xcc9e2d51)
  return ((mixed ^ (mixed >>> 15)) + 0x38495ab5) | 0
}

function stirLow(lane: number, word: number): number {
  const mixed = Math.imul(lane ^ word, 0x1b873593)
  return ((mixed ^ (mixed >>> 17)) + 0x561ccd1b) | 0
}

/** The bits of a safe integer above its lowest 32. */
function upperWord(value: number): number {
  return Math.floor(value / 0x1_0000_0000) | 0
}
