/** Two engines of which one is another build that says something else, while cash, bids and listings come to
 *  the same: it ends before anybody has heard it. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { CommandWriter } from '../../engine/journal/index.ts'
import type { Journal } from '../../engine/journal/index.ts'
import type { AccountId, Command } from '../../schema/index.ts'
import { accountId, atMs, minor, ratePpm } from '../../schema/index.ts'
import { asMutant } from '../chaos/mutation.ts'
import type { Mutation } from '../chaos/mutation.ts'
import { collectEvents, JournalFixture, Story } from './journal-fixture.ts'

let fixture: JournalFixture
let journal: Journal

beforeEach(async () => {
  fixture = await JournalFixture.start()
  journal = await fixture.connect()
})
afterEach(() => fixture.stop())

interface Difference {
  readonly what: string
  readonly mutation: Mutation
  /** What both are asked, one entry after the other. */
  readonly asked: (story: Story) => readonly (readonly Command[])[]
}

const DIFFERENCES: readonly Difference[] = [
  {
    what: 'gives another refusal',
    mutation: {
      module: 'engine/apply.js',
      from: "return 'deadline-passed';",
      to: "return 'bid-unknown';",
    },
    asked: (story) => [story.bids(1).map((bid) => ({ ...bid, deadlineMs: atMs(1) }))],
  },
  {
    what: 'allocates at another rate',
    mutation: {
      module: 'engine/market/closing.js',
      from: "kind: 'ListingAllocated', listingId, ratePpm, fills",
      to: "kind: 'ListingAllocated', listingId, ratePpm: ratePpm + 1, fills",
    },
    asked: coveringAListing,
  },
  {
    what: 'lends for another time',
    mutation: {
      module: 'engine/loan/disburse.js',
      from: 'amountMinor, ratePpm, termMonths };',
      to: 'amountMinor, ratePpm, termMonths: termMonths + 1 };',
    },
    asked: coveringAListing,
  },
  {
    what: 'keeps another answer under a key',
    mutation: {
      module: 'engine/apply.js',
      from: 'sequence: sequence(known.sequence)',
      to: 'sequence: sequence(known.sequence + 1)',
    },
    asked: (story) => {
      const bids = story.bids(1)
      return [bids, bids]
    },
  },
  {
    what: 'opens a listing for longer',
    mutation: {
      module: 'engine/market/open-listing.js',
      from: 'closesAtMs: atMs(nowMs + opensInMs + command.openMs)',
      to: 'closesAtMs: atMs(nowMs + opensInMs + command.openMs + 1)',
    },
    asked: (story) => [story.opening(0, 1)],
  },
  {
    what: 'takes a batch for one that came before',
    mutation: {
      module: 'engine/apply.js',
      from: 'const isDuplicate = !state.sources.admit(source, batch);',
      to: 'const isDuplicate = !state.sources.admit(source, batch) || entry.commands.length === 0;',
    },
    asked: () => [[]],
  },
]

/** One lender takes the whole of the first listing, which then closes. */
function coveringAListing(story: Story): readonly (readonly Command[])[] {
  const [bid] = story.bids(1, 1, 1)
  if (bid?.kind !== 'PlaceBid') throw new Error('a bid was expected')
  const { listingId } = bid
  const review = ({ key, deadlineMs }: Command, accountId: AccountId): Command => {
    return { kind: 'ApproveListing', key, deadlineMs, accountId, listingId }
  }
  const [first, second] = story.opening(2, 0)
  if (first === undefined || second === undefined) throw new Error('two commands were expected')
  return [
    [
      { ...bid, amountMinor: minor(50_000_000), ratePpm: ratePpm(100_000) },
      review(first, accountId(2_001)),
      review(second, accountId(2_002)),
    ],
  ]
}

test.each(DIFFERENCES)('an engine that $what dies, and nobody hears it', async (difference) => {
  const { mutation, asked } = difference
  const honest = await fixture.startEngine('honest')
  const writer = new CommandWriter(journal)
  const story = new Story(21)
  const opening = await writer.append(story.opening())
  await collectEvents(journal, opening.id)
  const other = await fixture.startEngine('other', {
    ...asMutant(mutation),
    SECOND_ENGINE_WAIT_MS: '10000',
  })
  let last = opening.id
  for (const commands of asked(story)) last = (await writer.append(commands)).id
  const said = await collectEvents(journal, last)
  expect((await other.exited).code).toBe(1)
  const log = await readFile(join(fixture.dataDir, 'other.log'), 'utf8')
  expect(log).toMatch(/Diverged/)
  const both = /holds digest ([0-9a-f]{16})\.[0-9a-f]{16}, this engine came to ([0-9a-f]{16})\./
  const [, held, cameTo] = both.exec(log) ?? []
  // Cash, bids and listings are the same: that alone would not have told.
  expect(held).toBe(cameTo)
  expect(held).toMatch(/^[0-9a-f]{16}$/)
  const next = await writer.append(story.bids(1))
  expect((await collectEvents(journal, next.id)).length).toBe(said.length + 1)
  await honest.shutdown()
  expect((await honest.exited).code).toBe(0)
})
