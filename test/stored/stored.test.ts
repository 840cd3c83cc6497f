import { describe, expect, test } from 'vitest'
import { applyEntry, createState, dumpState, loadState } from '../../engine/index.ts'
import type { State } from '../../engine/index.ts'
import { decodeEventBody, encodeEventBody, loadSnapshot } from '../../engine/journal/index.ts'
import type { Journal } from '../../engine/journal/index.ts'
import type { EventEntry } from '../../schema/index.ts'
import { bytesOf, commandEntryOf, eventEntryOf, readStored } from './stored.ts'
import type { Stored, StoredSnapshot } from './stored.ts'

describe.each(readStored())('what version $version stored', (stored) => {
  test('is read, every body of it', () => {
    const asked = stored.commands.map(commandEntryOf)
    const said = stored.events.map(eventEntryOf)
    expect(asked.length).toBeGreaterThan(0)
    expect(said.map(({ id }) => id)).toEqual(asked.map(({ id }) => id))
    const answers = said.map(({ answered }) => answered.length)
    const due = said.map((entry, at) => (entry.isDuplicate ? 0 : asked[at]?.commands.length))
    expect(answers).toEqual(due)
  })

  test('gives the same events and digests again, from the first entry on', () => {
    const state = createState()
    expectReplay(state, stored)
    expect(state.digest.hex()).toBe(stored.digest)
    expect(known(state)).toEqual(dumpAsNow(stored))
  })

  test('gives the same events and digests again, from its snapshot on', async () => {
    expect(stored.snapshots.length).toBeGreaterThan(0)
    for (const snapshot of stored.snapshots) {
      const state = loadState(await loadSnapshot(journalWith(snapshot), snapshot.head))
      expect(state).toMatchObject({ id: snapshot.head.id, sequence: snapshot.head.sequence })
      expect(state.digest.hex()).toBe(snapshot.head.digest)
      expectReplay(state, stored)
      expect(known(state)).toEqual(dumpAsNow(stored))
    }
  })

  test('remembers in its snapshot the first answer to a key of each kind of command', () => {
    const firsts = stored.events.map(eventEntryOf)
    const given = firsts.flatMap(({ answered }) => answered.map(([answer]) => answer))
    for (const { head } of stored.snapshots) {
      const after = firsts.filter(({ sequence }) => sequence > head.sequence)
      const repeated = after
        .flatMap(({ answered }) => answered.flat())
        .filter((event) => event.kind === 'Repeated' && event.sequence <= head.sequence)
      const answers = repeated.flatMap((event) => (event.kind === 'Repeated' ? event.answer : []))
      const kinds = ['Deposited', 'ListingOpened', 'BidPlaced', 'BidCancelled', 'Refused']
      expect(new Set(answers.map(({ kind }) => kind))).toEqual(new Set(kinds))
      for (const answer of answers) expect(given).toContainEqual(answer)
    }
  })
})

/** Applies what follows on the state, and compares each answer with the one that was recorded. */
function expectReplay(state: State, { commands, events, version }: Stored): void {
  const from: number = state.sequence
  commands.slice(from).forEach((entry, index) => {
    const said = events[from + index]
    const now = inWordsOf(version, applyEntry(state, commandEntryOf(entry)))
    expect(now).toEqual(said && eventEntryOf(said))
  })
  expect(state.sequence).toBe(events.at(-1)?.sequence)
}

/** What a version has no words for is not in what it stored. */
function inWordsOf(version: number, entry: EventEntry): EventEntry {
  return { ...entry, ...decodeEventBody(encodeEventBody(entry, version)) }
}

/** The recorded dump in today's columns: what it says is loaded, and written out again. */
function dumpAsNow({ dump }: Stored): unknown {
  return known(loadState(dump))
}

/** All that the state comes to, but for what no former version knew: the keys of bids, and whose the ended ones
 *  were. */
function known(state: State): unknown {
  const chunks = [...dumpState(state)]
  const sections = chunks.filter(({ section }) => section !== 'ended' && section !== 'proof')
  return sections.map(({ section, rows }) => [
    section,
    section === 'bids' ? rows.map((row) => row.slice(0, -1)) : rows,
  ])
}

/** A journal that holds the chunks of one snapshot. */
function journalWith({ chunks }: StoredSnapshot): Journal {
  const call = async (_command: string, _key: string, number: number) =>
    bytesOf(chunks[number] ?? '')
  return { call } as Partial<Journal> as Journal
}
