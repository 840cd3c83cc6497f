/** Somebody who has the journal's password writes what no program of ours writes. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { CommandWriter, encodeCommandBody, watchClock } from '../../engine/journal/index.ts'
import type { Journal } from '../../engine/journal/index.ts'
import { atMs } from '../../schema/index.ts'
import type { EntryId } from '../../schema/index.ts'
import { collectEvents, JournalFixture, Story, until } from './journal-fixture.ts'

let fixture: JournalFixture
let journal: Journal

beforeEach(async () => {
  fixture = await JournalFixture.start()
  journal = await fixture.connect()
})
afterEach(() => fixture.stop())

const sound = () => encodeCommandBody([], atMs(Date.now()))

const GARBAGE: readonly (readonly [what: string, fields: () => readonly (string | Buffer)[]])[] = [
  ['a field of its own', () => ['hello', 'world']],
  ['a body that is no msgpack', () => ['s', 'gateway', 'b', '1', 'd', 'garbage \u00ff']],
  [
    'a kind that does not exist',
    () => ['s', 'gateway', 'b', '1', 'd', Buffer.of(0x92, 1, 0x91, 0x91, 99)],
  ],
  ['a batch that is no number', () => ['s', 'gateway', 'b', 'first', 'd', sound()]],
  ['a writer that Postgres cannot take', () => ['s', 'a\0b', 'b', '1', 'd', sound()]],
]

async function write(stream: string, fields: readonly (string | Buffer)[]): Promise<EntryId> {
  return String(await journal.call('XADD', stream, '*', ...fields)) as EntryId
}

/** What an engine has said that is started on the journal as it is, once it has ended. It may be ready before. */
async function lastWords(name: string): Promise<string> {
  await fixture.startEngine(name).then(
    (engine) => engine.exited,
    (error: unknown) => expect(String(error)).toContain('code 2'),
  )
  return (await readFile(join(fixture.dataDir, `${name}.log`), 'utf8')).trimEnd()
}

test.each(GARBAGE)(
  '%s: every engine says so in one line, and what came before it is answered',
  async (_what, fields) => {
    const writer = new CommandWriter(journal)
    await writer.append(new Story(30).opening())
    const last = await writer.append([])
    const id = await write(journal.keys.commands, fields())
    const behind = await writer.append([])

    const line = new RegExp(
      `^entry ${id} of the commands cannot be read: .*change the passwords.*rebuild-journal`,
      'm',
    )
    for (const name of ['first', 'second']) {
      const said = await lastWords(name)
      expect(said).toMatch(line)
      expect(said).not.toContain('"at":"fault"')
    }
    const answered = await collectEvents(journal, last.id)
    expect(answered.at(-1)?.id).toBe(last.id)
    expect(await journal.call('XRANGE', journal.keys.events, id, behind.id)).toEqual([])

    const end = new AbortController()
    const watching = watchClock(journal, end.signal)
    await until('readiness says so', () => journal.readiness().some((why) => why.includes(id)))
    end.abort()
    await watching
  },
)

test('an engine at work answers what came before it and ends', async () => {
  const engine = await fixture.startEngine('engine')
  const writer = new CommandWriter(journal)
  await writer.append(new Story(30).opening())
  const last = await writer.append([])
  const id = await write(journal.keys.commands, ['hello', 'world'])
  expect(await engine.exited).toMatchObject({ code: 2 })
  expect(engine.lastLines().join('\n')).toContain(`entry ${id} of the commands cannot be read`)
  expect((await collectEvents(journal, last.id)).at(-1)?.id).toBe(last.id)
})

test('among the events too it is told as what it is, not as an engine that diverged', async () => {
  const engine = await fixture.startEngine('engine')
  const writer = new CommandWriter(journal)
  const first = await writer.append([])
  await collectEvents(journal, first.id)
  const id = await write(journal.keys.events, ['hello', 'world'])
  await writer.append([])
  expect(await engine.exited).toMatchObject({ code: 2 })
  expect(engine.lastLines().join('\n')).toContain(`entry ${id} of the events cannot be read`)
  expect(await lastWords('second')).toContain(`entry ${id} of the events cannot be read`)
  await expect(collectEvents(journal, id)).rejects.toThrow(`entry ${id} of the events`)
})

test('what stands where the answer to an entry belongs is not taken for its answer', async () => {
  const writer = new CommandWriter(journal)
  const { id: first } = await writer.append([])
  const [ms = ''] = first.split('-')
  const id = `${Number(ms) + 1}-0`
  await journal.call('XADD', journal.keys.commands, id, 's', 'gateway', 'b', '1', 'd', sound())
  await journal.call('XADD', journal.keys.events, id, 'hello', 'world')
  expect(await lastWords('engine')).toContain(`entry ${id} of the events cannot be read`)
})
