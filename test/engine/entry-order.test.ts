import { expect, test } from 'vitest'
import { applyEntry } from '../../engine/index.ts'
import { atMs } from '../../schema/index.ts'
import type { CommandEntry } from '../../schema/index.ts'
import { Market, START_MS } from './market.ts'
import { writtenAt } from './writing.ts'

function entryAt(ms: number, place: number, saysMs = ms): CommandEntry {
  const writing = writtenAt(atMs(ms))
  const entry = { id: `${ms}-${place}`, atMs: atMs(saysMs), source: 'one', batch: place } as const
  return { ...entry, commands: [], writing }
}

test('an entry that is not behind the last one ends the engine', () => {
  const { state } = new Market()
  applyEntry(state, entryAt(START_MS, 5))
  for (const place of [4, 5])
    expect(() => applyEntry(state, entryAt(START_MS, place))).toThrow('the order of the journal')
  expect(() => applyEntry(state, entryAt(START_MS - 1, 9))).toThrow('the order of the journal')
})

test('an entry that carries another time than its id ends the engine', () => {
  const { state } = new Market()
  expect(() => applyEntry(state, entryAt(START_MS, 1, START_MS + 1))).toThrow('the time of its id')
})

test('the time of the first entry stays, whatever comes', () => {
  const { state } = new Market()
  for (const later of [0, 7, 9]) applyEntry(state, entryAt(START_MS + later, 1 + later))
  expect(state.epochMs).toBe(START_MS)
})
