/** One entry of the record becomes transfers and rows, or is told by name. */
import { expect, test } from 'vitest'
import { encodeCommandBody, encodeEventBody } from '../../engine/journal/index.ts'
import { AMOUNT_MINOR_MAX } from '../../schema/index.ts'
import type { Command, EventEntry } from '../../schema/index.ts'
import { Batch } from '../../workers/settlement/batch.ts'
import { DigestMismatch, foldEntry, Unpostable } from '../../workers/settlement/fold.ts'
import { Mirror } from '../../workers/settlement/mirror.ts'
import type { RecordedEntry } from '../../workers/settlement/recorded-entry.ts'
import { Market } from '../engine/market.ts'

const FIRST_IDS = { transferId: 1, jobId: 1 }

/** What a market said to some commands in one entry, as it is recorded. */
function recordedOf(commands: readonly Command[], answer: EventEntry): RecordedEntry {
  const { id, sequence, source, batch, digest } = answer
  return {
    id,
    sequence,
    source,
    batch,
    digest,
    chainHash: new Uint8Array(0),
    commands: encodeCommandBody(commands, answer.atMs),
    events: encodeEventBody(answer),
  }
}

function deposits(...amounts: readonly number[]): readonly [Market, RecordedEntry, Command[]] {
  const market = new Market()
  const given = amounts.map((amount) => market.depositOf('Ann', amount))
  return [market, recordedOf(given, market.enter(given)), given]
}

test('an entry that cannot be read is told by its sequence and its id', () => {
  const [, entry] = deposits(100)
  const torn = { ...entry, events: entry.events.subarray(0, -3) }
  const fold = () => foldEntry(torn, new Mirror(0), new Batch(0, FIRST_IDS))
  expect(fold).toThrow(Unpostable)
  expect(fold).toThrow(`sequence 1 (entry ${entry.id}): `)
})

test('an event that the ledger cannot follow is told with the place of its command', () => {
  const market = new Market()
  market.deposit('Ann', 1_000)
  const car = market.list('Bob', { mode: 'fixed-rate', amount: 1_000 })
  const commands = [market.depositOf('Ann', 5), market.bidOf('Ann', car, 300)]
  const entry = recordedOf(commands, market.enter(commands))
  // A ledger that knows nothing of the first deposit and of the listing.
  const mirror = new Mirror(entry.sequence - 1)
  const fold = () => foldEntry(entry, mirror, new Batch(entry.sequence - 1, FIRST_IDS))
  expect(fold).toThrow(
    `sequence ${entry.sequence} (entry ${entry.id}, command 1): what is available to 1 is never below zero`,
  )
})

test('a balance that no number holds is refused before it is moved', () => {
  const [, entry] = deposits(AMOUNT_MINOR_MAX)
  const mirror = new Mirror(0)
  const full = Number.MAX_SAFE_INTEGER
  const [owner] = [new Market().idOf('Ann')]
  mirror.restoreBalance(owner, full, 0)
  expect(() => foldEntry(entry, mirror, new Batch(0, FIRST_IDS))).toThrow(
    'command 0): what is available to 1 is a safe integer',
  )
})

test('entries are folded in their order, and each comes to the digest that was said', () => {
  const [, entry] = deposits(100)
  const batch = () => new Batch(0, FIRST_IDS)
  expect(() => foldEntry(entry, new Mirror(1), batch())).toThrow('entry 1 after 1')
  const other = { ...entry, digest: '00000000000000ff' }
  expect(() => foldEntry(other, new Mirror(0), batch())).toThrow(DigestMismatch)
  const good = batch()
  foldEntry(entry, new Mirror(0), good)
  expect(good.entries).toEqual([entry])
})

test('a ledger that is read with less than nothing in it is refused', () => {
  const owner = new Market().idOf('Ann')
  for (const [available, held] of [
    [-1, 0],
    [0, -1],
  ] as const)
    expect(() => new Mirror(0).restoreBalance(owner, available, held)).toThrow('below zero')
})
