/** What holds for every journal. Each of these was seen to fail on an engine broken on purpose. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FAST_BOOKS } from '../../engine/market/book/books.ts'
import { NAIVE_BOOKS } from '../../engine/market/book/naive-books.ts'
import {
  applyEntry,
  createState,
  dumpState,
  loadState,
  readMarket,
  recomputeDigest,
} from '../../engine/index.ts'
import { atMs, stateDigestOf } from '../../schema/index.ts'
import type { Command, CommandEntry, EventEntry } from '../../schema/index.ts'
import { holds } from './seed.ts'
import { journals, replay, limitsOfEntries } from './stream.ts'
import { Witness } from './witness.ts'
import { writtenAt } from './writing.ts'

test('the fast books say what the naive ones say, event by event, with the same digest', () => {
  holds(
    200,
    fc.property(journals, limitsOfEntries, (journal, limits) => {
      const naive = replay(createState(NAIVE_BOOKS, limits), journal)
      expectSame(replay(createState(FAST_BOOKS, limits), journal), naive)
    }),
  )
})

test('the running digest is the digest from scratch after every entry', () => {
  holds(
    100,
    fc.property(journals, limitsOfEntries, (journal, limits) => {
      const state = createState(FAST_BOOKS, limits)
      const digests = journal.map((entry) => [
        stateDigestOf(applyEntry(state, entry).digest),
        recomputeDigest(state),
      ])
      expect(digests.filter(([running, fromScratch]) => running !== fromScratch)).toEqual([])
    }),
  )
})

test('who sees only the events can keep the books: money, holds, listings and the digest', () => {
  holds(
    200,
    fc.property(journals, limitsOfEntries, (journal, limits) => {
      const state = createState(FAST_BOOKS, limits)
      const witness = new Witness(limits)
      for (const entry of journal) witness.see(applyEntry(state, entry))
      for (const { accountId, availableMinor, heldMinor } of state.accounts.values()) {
        expect(witness.available.get(accountId) ?? 0).toBe(availableMinor)
        expect(witness.held.get(accountId) ?? 0).toBe(heldMinor)
      }
    }),
  )
})

test('a snapshot at any entry and the journal after it give the same events and the same state', () => {
  holds(
    120,
    fc.property(journals, limitsOfEntries, fc.nat(), (journal, limits, choice) => {
      const cut = choice % (journal.length + 1)
      const whole = createState(FAST_BOOKS, limits)
      replay(whole, journal.slice(0, cut))
      const loaded = loadState(
        dumpState(whole),
        choice % 2 === 0 ? NAIVE_BOOKS : FAST_BOOKS,
        limits,
      )
      expectSame([...dumpState(loaded)], [...dumpState(whole)])
      const rest = journal.slice(cut)
      expectSame(replay(loaded, rest), replay(whole, rest))
      expectSame([...dumpState(loaded)], [...dumpState(whole)])
    }),
  )
})

test('the market read from a snapshot is the market that the events told', () => {
  holds(
    100,
    fc.property(journals, (journal) => {
      const state = createState()
      const witness = new Witness()
      for (const entry of journal) witness.see(applyEntry(state, entry))
      const market = readMarket(dumpState(state))
      expect(stateDigestOf(market.meta.digest)).toBe(witness.digest())
      expect(
        market.listings.map(({ listingId, fundedMinor, bidCount }) => [
          listingId,
          fundedMinor,
          bidCount,
        ]),
      ).toEqual(
        [...witness.listings.values()].map((seen) => [
          seen.listingId,
          seen.fundedMinor,
          seen.bids.size,
        ]),
      )
      expect(market.bids).toHaveLength(state.bids.size)
    }),
  )
})

test('everything asked once more under its key gets its first answer and changes nothing', () => {
  holds(
    100,
    fc.property(journals, (journal) => {
      const state = createState()
      const answers = firstAnswers(journal, replay(state, journal))
      const commands = [...answers.keys()]
      const { digest, answered } = applyEntry(state, {
        ...nextEntry(journal),
        commands,
      })
      expect(stateDigestOf(digest)).toBe(recomputeDigest(state))
      const repeats = answered.map(([first]) => (first?.kind === 'Repeated' ? first.answer : first))
      expectSame(repeats, [...answers.values()])
    }),
  )
})

/** Compared as text, a hundred times faster than as values. */
function expectSame(actual: readonly unknown[], expected: readonly unknown[]): void {
  const difference = actual.findIndex((one, index) => text(one) !== text(expected[index]))
  expect([actual.length, actual[difference]]).toEqual([expected.length, expected[difference]])
}

const text = (value: unknown): string => JSON.stringify(value)

/** The first answer under each key, by the command that was asked then. */
function firstAnswers(
  journal: readonly CommandEntry[],
  entries: readonly EventEntry[],
): Map<Command, unknown> {
  const answers = new Map<Command, unknown>()
  const seen = new Set<string>()
  entries.forEach(({ answered }, place) => {
    answered.forEach(([answer], index) => {
      const command = journal[place]?.commands[index]
      if (command === undefined || seen.has(`${command.accountId} ${command.key}`)) return
      seen.add(`${command.accountId} ${command.key}`)
      answers.set(command, answer)
    })
  })
  return answers
}

/** An entry right after a journal, with a batch of its own. */
function nextEntry(journal: readonly CommandEntry[]): Omit<CommandEntry, 'commands'> {
  const nowMs = journal.at(-1)?.atMs ?? 1
  const at = atMs(nowMs)
  const writing = writtenAt(at)
  return { id: `${nowMs}-${journal.length}`, atMs: at, source: 'asker', batch: 1, writing }
}
