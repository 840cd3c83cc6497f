/** The journal's clock is far from the clocks of those who write: nothing is written, and what is in the journal
 *  all the same halts the market before anything is done. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  assertInTime,
  connectJournal,
  CommandWriter,
  encodeCommandBody,
  watchClock,
} from '../../engine/journal/index.ts'
import type { Journal } from '../../engine/journal/index.ts'
import { atMs, CLOCKS_APART_MS_MAX, SCHEMA_VERSION } from '../../schema/index.ts'
import type { CommandEntry, EntryId } from '../../schema/index.ts'
import { collectEvents, JournalFixture, MARKET, Story, until } from './journal-fixture.ts'

let fixture: JournalFixture
let journal: Journal
/** How far our clock is ahead of Redis'. */
let aheadMs: number

beforeEach(async () => {
  aheadMs = 0
  fixture = await JournalFixture.start()
  journal = await connectJournal(options())
})
afterEach(async () => {
  await journal.close()
  await fixture.stop()
})

const options = () => ({
  url: fixture.redis.url,
  market: MARKET,
  now: () => Date.now() + aheadMs,
})
const FAR_MS = 10 * CLOCKS_APART_MS_MAX
const written = () => journal.call('XLEN', journal.keys.commands)

/** Puts an entry into the journal as a Redis would whose clock has jumped. */
async function writeAt(ms: number): Promise<EntryId> {
  const id: EntryId = `${ms}-0`
  const fields = ['s', 'gateway', 'b', 1, 'd', encodeCommandBody([], atMs(Date.now()))]
  await journal.call('XADD', journal.keys.commands, id, ...fields)
  return id
}

test.each([FAR_MS, -FAR_MS])(
  'a Redis whose clock is %i ms off is refused with one line',
  async (ms) => {
    aheadMs = ms
    const line = /^the clock of the journal Redis says .*, ours .*: correct the one that is wrong/
    await expect(connectJournal(options())).rejects.toThrow(line)
  },
)

test('while the clocks are apart nothing is written; then it goes on by itself', async () => {
  const writer = new CommandWriter(journal)
  await writer.append([])
  aheadMs = -FAR_MS
  const waiting = writer.append([])
  await until('it is told', () => journal.readiness().some((why) => why.includes('the clock')))
  expect(await written()).toBe(1)
  aheadMs = 0
  expect((await waiting).batch).toBe(2)
  expect(journal.readiness()).toEqual([])
  expect(await written()).toBe(2)
})

test('an entry that lay in a queue for long is not written by its old time, but sent again', async () => {
  const sentMs: number[] = []
  const late = await connectJournal({ ...options(), now: () => sentMs.pop() ?? Date.now() })
  sentMs.push(Date.now() - FAR_MS)
  expect((await new CommandWriter(late).append([])).batch).toBe(1)
  expect(sentMs).toEqual([])
  expect(await written()).toBe(1)
  await late.close()
})

test.each([
  ['ahead of', FAR_MS],
  ['behind', -FAR_MS],
])('an entry far %s its writer halts every engine before it acts', async (_where, ms) => {
  if (ms > 0) {
    const engine = await fixture.startEngine('engine')
    const opening = await new CommandWriter(journal).append(new Story(30).opening())
    await collectEvents(journal, opening.id)
    await engine.shutdown()
  }
  const id = await writeAt(Date.now() + ms)
  const line = new RegExp(
    `^entry ${id} is stamped .*, but gateway wrote it at .*rebuild-journal`,
    'm',
  )
  for (const name of ['first', 'second']) {
    await fixture.startEngine(name).then(
      (engine) => engine.exited,
      () => {},
    )
    expect(await readFile(join(fixture.dataDir, `${name}.log`), 'utf8')).toMatch(line)
  }
  const answered = await journal.call('XRANGE', journal.keys.events, id, id)
  expect(answered).toEqual([])

  const end = new AbortController()
  const watching = watchClock(journal, end.signal)
  await until('readiness says so', () => journal.readiness().some((why) => why.includes(id)))
  end.abort()
  await watching
})

test('an entry is in time up to the limit, and one of a former version is not asked', () => {
  const entry = (byMs: number | null): CommandEntry => ({
    id: '1700000000000-0',
    atMs: atMs(1_700_000_000_000),
    source: 'gateway',
    batch: 1,
    commands: [],
    writing:
      byMs === null ? null : { version: SCHEMA_VERSION, atMs: atMs(1_700_000_000_000 + byMs) },
  })
  for (const byMs of [0, CLOCKS_APART_MS_MAX, -CLOCKS_APART_MS_MAX, null])
    expect(() => assertInTime(entry(byMs))).not.toThrow()
  for (const byMs of [CLOCKS_APART_MS_MAX + 1, -CLOCKS_APART_MS_MAX - 1])
    expect(() => assertInTime(entry(byMs))).toThrow('is stamped 2023-11-14T22:13:20.000Z')
})
