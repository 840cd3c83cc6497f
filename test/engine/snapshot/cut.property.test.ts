/** Each of the hooks that a cut lives by was taken out once, and this was seen to fail. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  applyEntry,
  createState,
  dumpState,
  loadState,
  MARKET_LIMITS,
  SnapshotCut,
} from '../../../engine/index.ts'
import type { SnapshotChunk, State } from '../../../engine/index.ts'
import { FAST_BOOKS } from '../../../engine/market/book/books.ts'
import { packChunks, readChunk } from '../../../engine/journal/index.ts'
import { SCHEMA_VERSION } from '../../../schema/index.ts'
import type { CommandEntry } from '../../../schema/index.ts'
import { holds } from '../seed.ts'
import { journals, replay } from '../stream.ts'

/** How many rows are taken at once before each of the entries that follow; mostly none. */
const slices = fc.array(fc.constantFrom(0, 0, 1, 2, 3, 7, 20), { minLength: 1, maxLength: 20 })
/** Markets that let their keys go soon, by the account or by age. */
const limits = fc
  .record({
    keysPerAccountShare: fc.constantFrom(1, 3),
    keysPerAccountMax: fc.constantFrom(2, 5, 100),
    keysKeptMax: fc.constantFrom(4, 12, 60),
    keyFreshMs: fc.constantFrom(-1, 0, 20),
    bidsEndedKnownMax: fc.constantFrom(1, 5, 1_000),
    timedRowsMax: fc.constantFrom(3, 1_000),
  })
  .map((limited) => ({ ...MARKET_LIMITS, ...limited }))

test('a snapshot taken while the engine goes on is that of an engine that stopped there', () => {
  holds(
    600,
    fc.property(journals, fc.nat(), slices, limits, (journal, choice, sizes, limited) => {
      const { before, after } = divide(journal, choice)
      const [going, stopped] = [0, 1].map(() => createState(FAST_BOOKS, limited)) as [State, State]
      for (const state of [going, stopped]) replay(state, before)
      const chunks = takeWhile(going, after, sizes)
      expect(rows(chunks)).toEqual(rows(dumpState(stopped)))
      const loaded = loadState(asStored(chunks), FAST_BOOKS, limited)
      expect(replay(loaded, after)).toEqual(replay(stopped, after))
      expect(rows(dumpState(loaded))).toEqual(rows(dumpState(stopped)))
      expect(rows(dumpState(going))).toEqual(rows(dumpState(stopped)))
      expect(going.keys.slots).toBe(stopped.keys.slots)
    }),
  )
})

test('one that is given up leaves nothing behind: the next is as if it had never been', () => {
  holds(
    200,
    fc.property(journals, fc.nat(), slices, limits, (journal, choice, sizes, limited) => {
      const { before, after } = divide(journal, choice)
      const [going, stopped] = [0, 1].map(() => createState(FAST_BOOKS, limited)) as [State, State]
      for (const state of [going, stopped]) replay(state, before)
      const cut = new SnapshotCut(going)
      const some = after.slice(0, after.length >> 1)
      for (const [index, entry] of some.entries()) {
        cut.next(Math.max(1, sizes[index % sizes.length] ?? 1))
        applyEntry(going, entry)
      }
      cut.end()
      replay(stopped, some)
      expect(going.keys.slots).toBe(stopped.keys.slots)
      const rest = after.slice(some.length)
      const chunks = takeWhile(going, rest, sizes)
      expect(rows(chunks)).toEqual(rows(dumpState(stopped)))
    }),
  )
})

function divide(journal: readonly CommandEntry[], choice: number) {
  const at = choice % (journal.length + 1)
  return { before: journal.slice(0, at), after: journal.slice(at) }
}

/** All that a snapshot says that was begun before the entries and ended after them. */
function takeWhile(
  state: State,
  entries: readonly CommandEntry[],
  sizes: readonly number[],
): SnapshotChunk[] {
  const cut = new SnapshotCut(state, SCHEMA_VERSION)
  const chunks: SnapshotChunk[] = []
  for (const [index, entry] of entries.entries()) {
    const size = sizes[index % sizes.length] ?? 0
    const chunk = size === 0 ? null : cut.next(size)
    if (chunk !== null) chunks.push(chunk)
    applyEntry(state, entry)
  }
  chunks.push(...cut.chunks())
  cut.end()
  return chunks
}

/** Rows of several slices are stored together. */
function asStored(chunks: readonly SnapshotChunk[]): SnapshotChunk[] {
  return [...packChunks(chunks)].map(readChunk)
}

function rows(chunks: Iterable<SnapshotChunk>): unknown[] {
  return [...chunks].flatMap(({ section, rows: some }) => some.map((row) => [section, ...row]))
}
