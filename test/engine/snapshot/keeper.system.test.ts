/** What an engine publishes, and what it takes up when it starts. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { engineSettings } from '../../../engine/config.ts'
import { SILENT_LOG } from '../../../engine/host/index.ts'
import { applyEntry, createState, digestOf, dumpState } from '../../../engine/index.ts'
import type { State } from '../../../engine/index.ts'
import {
  appendEvents,
  CommandWriter,
  dropSnapshot,
  listSnapshots,
  packChunks,
  saveSnapshot,
} from '../../../engine/journal/index.ts'
import type { Journal } from '../../../engine/journal/index.ts'
import { createReplicaMetrics } from '../../../engine/replica/metrics.ts'
import { resumeState } from '../../../engine/replica/resume.ts'
import { SnapshotKeeper } from '../../../engine/replica/snapshot-keeper.ts'
import type { CommandEntry, EventEntry } from '../../../schema/index.ts'
import { collectCommands, JournalFixture, Story } from '../journal-fixture.ts'

let fixture: JournalFixture
let journal: Journal
let commands: readonly CommandEntry[]
/** After all entries of the journal, and what they were answered with. */
let state: State
let answers: readonly EventEntry[]

beforeAll(async () => {
  fixture = await JournalFixture.start()
  journal = await fixture.connect()
  const writer = new CommandWriter(journal)
  const story = new Story(31)
  await writer.append(story.opening())
  const { id } = await writer.append(story.bids(20))
  state = createState()
  commands = await collectCommands(journal, id)
  answers = commands.map((entry) => applyEntry(state, entry))
})
afterAll(() => fixture.stop())

/** Lets an engine that has come so far consider a snapshot, and give up at once what it would wait for. */
async function consider(): Promise<void> {
  const stop = new AbortController()
  const settings = engineSettings.parse({ SNAPSHOT_EVERY_ENTRIES: 1 })
  const follower = createState()
  const keeper = new SnapshotKeeper({
    journal,
    state: follower,
    settings,
    metrics: createReplicaMetrics(),
    log: SILENT_LOG,
    isFirst: () => false,
    signal: stop.signal,
  })
  for (const entry of commands) applyEntry(follower, entry)
  stop.abort()
  keeper.consider()
  await keeper.leave()
}

test('a snapshot is published only when its last entry has been answered', async () => {
  await consider()
  expect(await listSnapshots(journal)).toEqual([])
  await appendEvents(journal, answers)
  await consider()
  expect(await listSnapshots(journal)).toMatchObject([
    { id: state.id, sequence: state.sequence, digest: digestOf(state) },
  ])
})

test('an engine that starts takes up the newest snapshot, the whole state of it', async () => {
  const resumed = await resumeState(journal)
  expect([...dumpState(resumed)]).toEqual([...dumpState(state)])
})

test('one whose rows come to another digest than its index is passed over', async () => {
  const place = { id: state.id, sequence: state.sequence, digest: '0123456789abcdef' }
  // Of two at one entry, chance says which is tried first.
  for (const head of await listSnapshots(journal)) await dropSnapshot(journal, head)
  await saveSnapshot(journal, packChunks(dumpState(state)), place)
  const before = journal.snapshotsUnusable
  const resumed = await resumeState(journal)
  // The journal has its beginning: it starts there.
  expect(resumed.sequence).toBe(0)
  expect(journal.snapshotsUnusable).toBe(before + 1)
})
