/** Whatever the engine can say twice, the ledger can take twice: held for a market so small that it is
 *  full, and lets keys go, all the time. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createState, MARKET_LIMITS } from '../../engine/index.ts'
import type { MarketLimits } from '../../engine/index.ts'
import { NAIVE_BOOKS } from '../../engine/market/book/naive-books.ts'
import { isRemembered, REJECT_CODES } from '../../schema/index.ts'
import type { CommandEntry, EventEntry } from '../../schema/index.ts'
import { listOutcomes } from '../../workers/settlement/outcome.ts'
import { holds } from '../engine/seed.ts'
import { journals, replay } from '../engine/stream.ts'
import { writtenAt } from '../engine/writing.ts'

const TINY: MarketLimits = {
  ...MARKET_LIMITS,
  causedRowsMax: 1,
  accountsMax: 4,
  listingsOpenMax: 2,
  bidsOpenMax: 3,
  keysPerAccountShare: 2,
  keysPerAccountMax: 3,
  keysKeptMax: 8,
  keyFreshMs: 5,
}
const picks = fc.array(fc.array(fc.nat(), { maxLength: 8 }), { maxLength: 12 })

for (const [size, limits] of [
  ['tiny', TINY],
  ['usual', MARKET_LIMITS],
] as const)
  test(`in a ${size} market no key has two outcomes, and a repeated answer lies where it says`, () => {
    const codes = new Set<string>()
    holds(
      200,
      fc.property(journals, picks, (journal, again) => {
        const asked = [...journal, ...askedAgain(journal, again)]
        const said = replay(createState(NAIVE_BOOKS, limits), asked)
        const places = placesOf(asked, said)
        for (const event of said.flatMap(({ answered }) => answered.flat())) {
          if (event.kind === 'Refused') codes.add(event.code)
          if (event.kind !== 'Repeated') continue
          expect(places.get(`${event.accountId} ${event.key}`)).toBe(event.sequence)
        }
      }),
    )
    if (size === 'tiny') expect([...codes]).toEqual(expect.arrayContaining(PASSING))
  })

/** Those that such journals bring about: no key in them is from tomorrow. */
const PASSING = REJECT_CODES.filter((code) => !isRemembered(code) && code !== 'key-ahead')

/** Commands of the journal once more, in any order, in batches of their own. */
function askedAgain(
  journal: readonly CommandEntry[],
  again: readonly (readonly number[])[],
): CommandEntry[] {
  const commands = journal.flatMap((entry) => entry.commands)
  const atMs = journal.at(-1)?.atMs
  if (atMs === undefined) return []
  return again.map((choices, index) => ({
    id: `${atMs}-${journal.length + index}`,
    atMs,
    source: 'again',
    batch: index + 1,
    writing: writtenAt(atMs),
    commands: choices.flatMap((choice) => commands[choice % commands.length] ?? []),
  }))
}

/** In which entry the outcome of each key lies. */
function placesOf(
  asked: readonly CommandEntry[],
  said: readonly EventEntry[],
): ReadonlyMap<string, number> {
  const places = new Map<string, number>()
  said.forEach(({ answered, isDuplicate, sequence }, index) => {
    if (isDuplicate) return
    for (const { accountId, key } of listOutcomes(asked[index]?.commands ?? [], answered)) {
      expect(places.has(`${accountId} ${key}`)).toBe(false)
      places.set(`${accountId} ${key}`, sequence)
    }
  })
  return places
}
