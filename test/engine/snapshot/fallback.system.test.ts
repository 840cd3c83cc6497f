/** A snapshot that cannot be loaded stands in nobody's way: the one before it serves, or the beginning. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { RoleProcess } from '../../../deploy/local/processes.ts'
import { applyEntry, createState, dumpState, digestOf } from '../../../engine/index.ts'
import type { SnapshotChunk, State } from '../../../engine/index.ts'
import { SILENT_LOG } from '../../../engine/host/index.ts'
import {
  CommandWriter,
  dropSnapshot,
  listSnapshots,
  packChunks,
  saveSnapshot,
  trimTo,
} from '../../../engine/journal/index.ts'
import type { Journal } from '../../../engine/journal/index.ts'
import { followMarket } from '../../../gateway/feed/follow.ts'
import type { ViewStart } from '../../../gateway/feed/view.ts'
import { GENESIS } from '../../../schema/index.ts'
import type { EntryId } from '../../../schema/index.ts'
import { collectCommands, JournalFixture, Story, until } from '../journal-fixture.ts'
import { offByOne, ofTomorrow } from './bent.ts'

const ENTRIES = 240
/** Where the good snapshot stands, when there is one. */
const GOOD = 200

let fixture: JournalFixture
let journal: Journal
/** The states at the good snapshot and at the end. */
let good: State
let last: State

beforeAll(async () => {
  fixture = await JournalFixture.start()
  journal = await fixture.connect()
  const engine = await fixture.startEngine('first')
  const writer = new CommandWriter(journal)
  const story = new Story(20)
  await writer.append(story.opening())
  let id: EntryId = GENESIS
  for (let entry = 1; entry < ENTRIES; entry++) ({ id } = await writer.append(story.bids(5)))
  await until('all is answered', () => isAnswered(id))
  await engine.shutdown()
  const commands = await collectCommands(journal, id)
  good = createState()
  last = createState()
  for (const entry of commands.slice(0, GOOD)) applyEntry(good, entry)
  for (const entry of commands) applyEntry(last, entry)
})
afterAll(() => fixture.stop())

beforeEach(async () => {
  for (const head of await listSnapshots(journal)) await dropSnapshot(journal, head)
})

async function isAnswered(id: EntryId): Promise<boolean> {
  const found = (await journal.call('XRANGE', journal.keys.events, id, id)) as unknown[]
  return found.length === 1
}

async function save(state: State, dump: (state: State) => Iterable<SnapshotChunk>) {
  const { id, sequence } = state
  await saveSnapshot(journal, packChunks(dump(state)), { id, sequence, digest: digestOf(state) })
}

async function saveGood(): Promise<void> {
  await save(good, dumpState)
}

/** It is at work, and answers. */
async function expectAnswers(engine: RoleProcess): Promise<void> {
  const { id } = await new CommandWriter(journal).append([])
  await until('it answers', () => isAnswered(id))
  await engine.shutdown()
}

async function unusable(engine: RoleProcess): Promise<number> {
  const { opsPort } = await engine.ready
  const text = await (await fetch(`http://127.0.0.1:${opsPort}/metrics`)).text()
  return Number(/^lendbook_snapshot_unusable_total\{[^}]*\} (.+)$/m.exec(text)?.[1])
}

const BENT = [
  ['of a newer version', ofTomorrow],
  ['with an account that is off by one', offByOne],
] as const

test.each(BENT)('beside one %s an engine takes up the older one', async (_, bent) => {
  await saveGood()
  await save(last, bent)
  const engine = await fixture.startEngine('fallback')
  expect(await unusable(engine)).toBe(1)
  await expectAnswers(engine)
})

test.each(BENT)('with nothing but one %s an engine replays from the beginning', async (_, bent) => {
  await save(last, bent)
  await expectAnswers(await fixture.startEngine('from-the-beginning'))
})

test.each(BENT)('beside one %s a gateway shows the market from the older one', async (_, bent) => {
  await saveGood()
  await save(last, bent)
  expect((await viewStart())?.sequence).toBe(GOOD)
})

test.each([
  ['a snapshot', true],
  ['the beginning', false],
])(
  'from %s on a gateway has caught up once all that had happened was handed on, and not before',
  async (_, hasSnapshot) => {
    if (hasSnapshot) await saveGood()
    const end = new AbortController()
    let seen = hasSnapshot ? GOOD : 0
    const seenWhenCaughtUp: number[] = []
    await followMarket({
      journal,
      log: SILENT_LOG,
      signal: end.signal,
      onStart() {},
      onEntries: (entries) => void (seen += entries.length),
      onCaughtUp: () => {
        seenWhenCaughtUp.push(seen)
        end.abort()
      },
    })
    const answered = await journal.call('XLEN', journal.keys.events)
    expect(seenWhenCaughtUp).toEqual([answered])
  },
)

async function viewStart(): Promise<ViewStart | null> {
  const end = new AbortController()
  let found: ViewStart | null = null
  const onStart = (start: ViewStart | null) => {
    found = start
    end.abort()
  }
  const idle = { onEntries() {}, onCaughtUp() {} }
  await followMarket({ journal, log: SILENT_LOG, signal: end.signal, onStart, ...idle })
  return found
}

test('without any that loads, and the beginning trimmed away, one line says what to do', async () => {
  await save(last, offByOne)
  await trimTo(journal, good.id)
  const refused = /no snapshot .* can be loaded.*rebuild-journal\.js/
  await expect(fixture.startEngine('refused')).rejects.toThrow(refused)
  await expect(viewStart()).rejects.toThrow(refused)
})
