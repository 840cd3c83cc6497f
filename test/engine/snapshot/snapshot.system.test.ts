/** Snapshots in Redis: visible only when whole, believed only when they read. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  connectJournal,
  dropSnapshot,
  listSnapshots,
  loadNewestSnapshot,
  loadSnapshot,
  packChunks,
  saveSnapshot,
} from '../../../engine/journal/index.ts'
import type { Journal, SnapshotHead, SnapshotPosition } from '../../../engine/journal/index.ts'
import { applyEntry, createState, dumpState, loadState, digestOf } from '../../../engine/index.ts'
import type { SnapshotChunk, State } from '../../../engine/index.ts'
import { atMs, sequence } from '../../../schema/index.ts'
import { JournalFixture, Story } from '../journal-fixture.ts'
import { writtenAt } from '../writing.ts'

let fixture: JournalFixture

beforeAll(async () => {
  fixture = await JournalFixture.start()
})

afterAll(() => fixture.stop())

const freshJournal = (market: string) => connectJournal({ url: fixture.redis.url, market })

function positionAt(place: number): SnapshotPosition {
  return { id: `${place}-0`, sequence: sequence(place), digest: '0000000000000000' }
}

/** Whatever it says. */
const headOf = (_: unknown, head: SnapshotHead): SnapshotHead => head

function save(journal: Journal, place: number): Promise<unknown> {
  const chunks: SnapshotChunk[] = [{ section: 'meta', rows: [[place]] }]
  return saveSnapshot(journal, packChunks(chunks), positionAt(place))
}

function market(entries: number): State {
  const state = createState()
  const story = new Story(4)
  for (let place = 1; place <= entries; place++)
    applyEntry(state, {
      id: `${place}-0`,
      atMs: atMs(place),
      source: 'story',
      batch: place,
      commands: place === 1 ? story.opening() : story.bids(20),
      writing: writtenAt(atMs(place)),
    })
  return state
}

test('a market that was saved and loaded goes on with the same digest', async () => {
  const journal = await freshJournal('whole')
  const state = market(500)
  const position = { id: state.id, sequence: state.sequence, digest: digestOf(state) }
  const head = await saveSnapshot(journal, packChunks(dumpState(state)), position)
  expect(head.chunks).toBeGreaterThan(1)
  const loaded = loadState(await loadSnapshot(journal, head))
  const next = {
    id: '501-0',
    atMs: atMs(501),
    source: 'story',
    batch: 501,
    writing: writtenAt(atMs(501)),
  } as const
  const commands = new Story(5).bids(20)
  expect(applyEntry(loaded, { ...next, commands })).toEqual(
    applyEntry(state, { ...next, commands }),
  )
  await journal.close()
})

test('large rows are cut into chunks that Redis writes without a pause', async () => {
  const journal = await freshJournal('large')
  const rows = Array.from({ length: 20_000 }, (_, row) => [row, 'x'.repeat(50)])
  const head = await saveSnapshot(journal, packChunks([{ section: 'bids', rows }]), positionAt(1))
  expect(head.sizeBytes / head.chunks).toBeLessThan(256 * 1024 + 32)
  const chunks = await loadSnapshot(journal, head)
  expect(chunks.flatMap((chunk) => chunk.rows)).toEqual(rows)
  await journal.close()
})

test('the two newest snapshots are kept, and the one let go stays readable for a while', async () => {
  const journal = await freshJournal('two')
  await save(journal, 1)
  const [oldest] = await listSnapshots(journal)
  await save(journal, 2)
  await save(journal, 3)
  expect((await listSnapshots(journal)).map((head) => head.sequence)).toEqual([3, 2])
  expect(oldest === undefined ? [] : await loadSnapshot(journal, oldest)).toHaveLength(1)
  expect(await journal.call('TTL', oldest?.key ?? '')).toBeGreaterThan(0)
  const [newest] = await listSnapshots(journal)
  expect(await journal.call('TTL', newest?.key ?? '')).toBe(-1)
  await journal.close()
})

test('a snapshot whose writer died is never seen and goes away by itself', async () => {
  const journal = await freshJournal('torn')
  await save(journal, 1)
  function* dying(): Generator<Buffer> {
    yield* packChunks([{ section: 'meta', rows: [[2]] }])
    throw new Error('the writer died')
  }
  const torn = saveSnapshot(journal, dying(), positionAt(2))
  await expect(torn).rejects.toThrow('the writer died')
  expect((await loadNewestSnapshot(journal, headOf))?.sequence).toBe(1)
  const keys = (await journal.call('KEYS', '{torn}:snapshots:2-*')) as Buffer[]
  expect(keys).toHaveLength(1)
  expect(await journal.call('TTL', keys[0] ?? '')).toBeGreaterThan(0)
  await journal.close()
})

test('a damaged snapshot is passed over for the one before it', async () => {
  const journal = await freshJournal('damaged')
  await save(journal, 1)
  await save(journal, 2)
  const [newest] = await listSnapshots(journal)
  const chunk = (await journal.call('HGET', newest?.key ?? '', 0)) as Buffer
  chunk.writeUInt8(chunk.readUInt8(40) ^ 1, 40)
  await journal.call('HSET', newest?.key ?? '', 0, chunk)
  expect((await loadNewestSnapshot(journal, headOf))?.sequence).toBe(1)
  await journal.call('HDEL', newest?.key ?? '', 0)
  expect((await loadNewestSnapshot(journal, headOf))?.sequence).toBe(1)
  await journal.close()
})

test('a dropped snapshot is gone', async () => {
  const journal = await freshJournal('dropped')
  await save(journal, 1)
  for (const head of await listSnapshots(journal)) await dropSnapshot(journal, head)
  expect(await loadNewestSnapshot(journal, headOf)).toBe(null)
  await journal.close()
})
