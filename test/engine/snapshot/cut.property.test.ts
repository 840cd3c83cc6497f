import fc from 'fast-check'
import { expect, test } from 'vitest'
import { applyEntry, createState, MARKET_LIMITS, SnapshotCut } from '../../../engine/index.ts'
import type { SnapshotChunk, State } from '../../../engine/index.ts'
import { FAST_BOOKS } from '../../../engine/market/book/books.ts'
import { SCHEMA_VERSION } from '../../../schema/index.ts'
import { holds } from '../seed.ts'
import { journals, replay } from '../stream.ts'

const sliceCounts = fc.array(fc.nat({ max: 4 }), { minLength: 1, maxLength: 20 })

test('a snapshot taken while the engine goes on is that of an engine that stopped there', () => {
  holds(
    400,
    fc.property(
      journals,
      fc.nat(),
      sliceCounts,
      fc.integer({ min: 1, max: 5 }),
      (journal, choice, slices, rowsPerChunk) => {
        const at = choice % (journal.length + 1)
        const [going, stopped] = [forgetful(), forgetful()]
        for (const state of [going, stopped]) replay(state, journal.slice(0, at))
        const cut = new SnapshotCut(going, SCHEMA_VERSION, rowsPerChunk).begin()
        const walk = cut.chunks()
        const taken: SnapshotChunk[] = []
        for (const [index, entry] of journal.slice(at).entries()) {
          take(walk, slices[index % slices.length] ?? 0, taken)
          applyEntry(going, entry)
        }
        taken.push(...walk)
        cut.end()
        expect(rows(taken)).toEqual(rows(new SnapshotCut(stopped).chunks()))
        replay(stopped, journal.slice(at))
        expect(going.digest.hex()).toBe(stopped.digest.hex())
      },
    ),
  )
})

/** A market that lets its keys go soon. */
function forgetful(): State {
  return createState(FAST_BOOKS, { ...MARKET_LIMITS, keysPerAccountMax: 3, keysKeptMax: 8 })
}

function take(walk: Iterator<SnapshotChunk>, count: number, taken: SnapshotChunk[]): void {
  for (let slice = 0; slice < count; slice++) {
    const next = walk.next()
    if (next.done === true) return
    taken.push(next.value)
  }
}

function rows(chunks: Iterable<SnapshotChunk>): unknown[] {
  return [...chunks].flatMap(({ section, rows: some }) => some.map((row) => [section, ...row]))
}
