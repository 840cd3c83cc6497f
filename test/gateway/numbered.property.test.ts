import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Numbered } from '../../gateway/client/numbered.ts'
import { holds } from '../engine/seed.ts'

test('numbered things are found by their number until they are taken out, as in a map', () => {
  const step = fc.record({ choice: fc.nat(), isOldest: fc.boolean(), adds: fc.nat({ max: 900 }) })
  holds(
    100,
    fc.property(fc.array(step, { maxLength: 30 }), fc.nat({ max: 30 }), (steps, clearAt) => {
      const numbered = new Numbered<string>()
      const map = new Map<number, string>()
      let count = 0
      const add = (): void => {
        expect(numbered.next).toBe(count)
        numbered.add(`thing ${count}`)
        map.set(count, `thing ${count}`)
        count++
      }
      steps.forEach(({ choice, isOldest, adds }, index) => {
        for (let more = adds; more > 0; more--) add()
        // Mostly in the order in which they came, with one now and then that stays behind.
        for (const number of [...map.keys()].slice(isOldest ? 0 : 1 + (choice % 3))) {
          if ((number * 31 + choice) % 97 === 0) continue
          numbered.remove(number)
          map.delete(number)
        }
        if (index === clearAt) {
          numbered.clear()
          map.clear()
        }
        expect([...numbered.values()]).toEqual([...map.values()])
        expect(numbered.size).toBe(map.size)
        const oldest = map.keys().next().value
        expect(numbered.span).toBe(oldest === undefined ? 0 : count - oldest)
        for (let number = -2; number < count + 2; number += 7)
          expect(numbered.get(number)).toBe(map.get(number) ?? null)
      })
    }),
  )
})
