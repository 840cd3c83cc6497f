import { diversifier } from './diversifier.ts'
import { mover } from './mover.ts'
import { picky } from './picky.ts'
import { sniper } from './sniper.ts'
import { spreader } from './spreader.ts'
import type { Strategy } from './strategy.ts'
import { undercutter } from './undercutter.ts'
import { whale } from './whale.ts'

export type { Strategy, Wish } from './strategy.ts'
export { LAST_MS, sniper } from './sniper.ts'

/** Their shares sum to a hundred. */
export const STRATEGIES: readonly Strategy[] = [
  picky,
  diversifier,
  spreader,
  sniper,
  undercutter,
  mover,
  whale,
]

/** The strategy of the `index`-th bot: any hundred in a row hold each in its share, well mixed. */
export function strategyOf(index: number): Strategy {
  const place = (index * 37) % 100
  let below = 0
  for (const strategy of STRATEGIES) {
    below += strategy.share
    if (place < below) return strategy
  }
  throw new Error('the shares of the strategies must sum to a hundred')
}
