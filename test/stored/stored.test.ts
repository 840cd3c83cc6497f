/** What an earlier build stored is read, loaded and gone on from. It is not played again from its first entry: an
 *  engine of other rules does not speak in a journal before these are adopted, and then goes on from a snapshot. */
import { describe, expect, test } from 'vitest'
import { applyEntry, loadState, recomputeDigest } from '../../engine/index.ts'
import { loadSnapshot } from '../../engine/journal/index.ts'
import type { Journal } from '../../engine/journal/index.ts'
import {
  atMs as toAtMs,
  entryAtMs,
  LISTING_OPEN_MS_MAX,
  stateDigestOf,
} from '../../schema/index.ts'
import { bytesOf, commandEntryOf, eventEntryOf, readStored } from './stored.ts'
import type { StoredSnapshot } from './stored.ts'

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

  test('is loaded from its snapshots and from its last state, each with the digest that it had', async () => {
    expect(stored.snapshots.length).toBeGreaterThan(0)
    for (const snapshot of stored.snapshots) {
      const state = loadState(await loadSnapshot(journalWith(snapshot), snapshot.head))
      expect(state).toMatchObject({ id: snapshot.head.id, sequence: snapshot.head.sequence })
      expect(state.digest.hex()).toBe(snapshot.head.digest)
    }
    const last = loadState(stored.dump)
    expect(last.digest.hex()).toBe(stored.digest)
    expect(recomputeDigest(last)).toBe(stored.digest)
  })

  test('goes on by the rules of today', () => {
    const state = loadState(stored.dump)
    const { nextBidId, nextClaimId } = state
    // Until then a claim had the id of its bid: those to come are numbered behind all of them.
    expect(nextClaimId).toBe(nextBidId)
    const atMs = toAtMs(entryAtMs(state.id) + LISTING_OPEN_MS_MAX)
    const { timed, digest } = applyEntry(state, {
      id: `${atMs}-0`,
      atMs,
      source: 'today',
      batch: 1,
      commands: [],
      writing: null,
    })
    expect(stateDigestOf(digest)).toBe(recomputeDigest(state))
    const ended = timed.map(({ kind }) => kind)
    for (const kind of ended) expect(['ListingAllocated', 'ListingExpired']).toContain(kind)
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

/** A journal that holds the chunks of one snapshot. */
function journalWith({ chunks }: StoredSnapshot): Journal {
  const call = async (_command: string, _key: string, number: number) =>
    bytesOf(chunks[number] ?? '')
  return { call } as Partial<Journal> as Journal
}
