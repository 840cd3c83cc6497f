/** What a snapshot must be to be believed, column by column. */
import { describe, expect, test } from 'vitest'
import { digestOf, dumpState, loadState, loadStateAt, readMarket } from '../../../engine/index.ts'
import type { SnapshotChunk, SnapshotSection } from '../../../engine/index.ts'
import { sequence } from '../../../schema/index.ts'
import { Market } from '../market.ts'

const META = {
  digest: 3,
  depositedMinor: 7,
  accounts: 8,
  listings: 9,
  bids: 10,
  keys: 11,
  sources: 12,
}
const ACCOUNT = { availableMinor: 1, heldMinor: 2 }

function market(): Market {
  const market = new Market()
  market.deposit('Ann', 1_000)
  const car = market.list('Bob', { mode: 'uniform-auction', amount: 500 })
  market.bid('Ann', car, 200)
  return market
}

/** A snapshot with some columns of the first row of a section changed. */
function bent(
  section: SnapshotSection,
  changes: Readonly<Record<number, (value: unknown) => unknown>>,
): SnapshotChunk[] {
  const bend = (row: readonly unknown[]) =>
    row.map((value, column) => changes[column]?.(value) ?? value)
  return [...dumpState(market().state)].map((chunk) =>
    chunk.section === section
      ? { ...chunk, rows: chunk.rows.map((row, place) => (place === 0 ? bend(row) : row)) }
      : chunk,
  )
}

const more = (value: unknown): unknown => (value as number) + 1
const less = (value: unknown): unknown => (value as number) - 1

test('one that nobody bent loads', () => {
  expect(loadState(bent('meta', {})).bids.size).toBe(1)
  expect(readMarket(bent('meta', {})).bids).toHaveLength(1)
})

test.each(['accounts', 'listings', 'bids', 'keys', 'sources'] as const)(
  'one that says it has more %s than it has is not believed',
  (section) => {
    const chunks = bent('meta', { [META[section]]: more })
    expect(() => loadState(chunks)).toThrow(`has all ${section}`)
    if (section === 'keys' || section === 'sources') return
    expect(() => readMarket(chunks)).toThrow(`has all ${section}`)
  },
)

test('the digest is counted anew, not taken from the snapshot', () => {
  const chunks = bent('meta', { [META.digest]: () => '0123456789abcdef' })
  expect(() => loadState(chunks)).toThrow('has the digest of its entry')
})

test('held cash that no bid holds is found, and so is cash that nobody brought', () => {
  const shifted = { [ACCOUNT.availableMinor]: less, [ACCOUNT.heldMinor]: more }
  expect(() => loadState(bent('accounts', shifted))).toThrow('held cash is the sum')
  const richer = bent('accounts', { [ACCOUNT.availableMinor]: more })
  expect(() => loadState(richer)).toThrow('neither made nor lost')
  const poorer = bent('meta', { [META.depositedMinor]: less })
  expect(() => loadState(poorer)).toThrow('neither made nor lost')
})

describe('one that is not what its index says', () => {
  const { state } = market()
  const place = { id: state.id, sequence: state.sequence, digest: digestOf(state) }

  test('is taken only at its own entry, sequence and digest', () => {
    expect(loadStateAt(dumpState(state), place).id).toBe(state.id)
    const others = [
      { ...place, id: '1700000000000-77' as const },
      { ...place, sequence: sequence(place.sequence + 1) },
      { ...place, digest: '0123456789abcdef' },
    ]
    for (const other of others)
      expect(() => loadStateAt(dumpState(state), other)).toThrow(/its index|of its index|not 0123/)
  })
})
