/** Engine processes, killed at work: nothing acknowledged is lost, nothing is done twice. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { RoleProcess } from '../../deploy/local/processes.ts'
import { CommandWriter, listSnapshots, readEvents, trimTo } from '../../engine/journal/index.ts'
import type { Journal } from '../../engine/journal/index.ts'
import { GENESIS } from '../../schema/index.ts'
import type { Command, EntryId, EventEntry } from '../../schema/index.ts'
import { checkJournal } from './journal-checker.ts'
import { collectCommands, collectEvents, JournalFixture, Story, until } from './journal-fixture.ts'
import { Load } from './journal-load.ts'

let fixture: JournalFixture
let journal: Journal

beforeAll(async () => {
  fixture = await JournalFixture.start()
  journal = await fixture.connect()
})

afterAll(() => fixture.stop())

/** Notes each answer as it is read, and the longest silence between two. */
class Listener {
  readonly events: EventEntry[] = []
  silenceMsMax = 0
  readonly #end = new AbortController()
  readonly #reading: Promise<void>
  #lastMs = performance.now()

  constructor(target: Journal) {
    this.#reading = readEvents(target, {
      from: GENESIS,
      signal: this.#end.signal,
      onEntries: (entries) => {
        const nowMs = performance.now()
        this.silenceMsMax = Math.max(this.silenceMsMax, nowMs - this.#lastMs)
        this.#lastMs = nowMs
        this.events.push(...entries)
      },
    })
  }

  async stop(): Promise<void> {
    this.#end.abort()
    await this.#reading
  }
}

async function append(commands: readonly Command[]): Promise<EntryId> {
  return (await new CommandWriter(journal).append(commands)).id
}

async function isAnswered(id: EntryId): Promise<boolean> {
  const found = (await journal.call('XRANGE', journal.keys.events, id, id)) as unknown[]
  return found.length === 1
}

async function metric(engine: RoleProcess, name: string): Promise<number> {
  const { opsPort } = await engine.ready
  const text = await (await fetch(`http://127.0.0.1:${opsPort}/metrics`)).text()
  return Number(new RegExp(`^${name}\\{[^}]*\\} (.+)$`, 'm').exec(text)?.[1])
}

describe('engines at work', () => {
  test('of two engines either can be killed under load, and callers see a pause at most', async () => {
    const engines = [await fixture.startEngine('engine-1'), await fixture.startEngine('engine-2')]
    const story = new Story(6)
    await append(story.opening())
    const listener = new Listener(journal)
    const load = new Load(journal, story, 20)
    for (let kill = 0; kill < 4; kill++) {
      const before = listener.events.length
      await until('answers come', () => listener.events.length > before + 100)
      const victim = engines[kill % 2]
      victim?.kill('SIGKILL')
      await victim?.exited
      engines[kill % 2] = await fixture.startEngine(`engine-${(kill % 2) + 1}`)
    }
    const last = await load.stop()
    await until('the last is answered', () => listener.events.at(-1)?.id === last)
    await listener.stop()

    const commands = await collectCommands(journal, last)
    expect(checkJournal(commands, listener.events, load.acknowledged)).toEqual([])
    expect(listener.silenceMsMax).toBeLessThan(2_000)
    for (const engine of engines) await engine.shutdown()
    expect((await engines[0]?.exited)?.code).toBe(0)
  })

  test('engines live through a killed Redis and go on when it is back', async () => {
    const engines = [await fixture.startEngine('engine-1'), await fixture.startEngine('engine-2')]
    const listener = new Listener(journal)
    const load = new Load(journal, new Story(7), 20)
    for (let kill = 0; kill < 2; kill++) {
      const before = load.acknowledged.length
      await until('entries are acknowledged', () => load.acknowledged.length > before + 50)
      await fixture.killRedis()
      await until('the engine says why it is not ready', async () => {
        const { opsPort } = await (engines[0] as RoleProcess).ready
        const answer = await fetch(`http://127.0.0.1:${opsPort}/readyz`)
        return answer.status === 503 && (await answer.text()).includes('journal')
      })
      await fixture.restartRedis()
    }
    const before = load.acknowledged.length
    await until('writing goes on', () => load.acknowledged.length > before + 20)
    const last = await load.stop()
    await until('the last is answered', () => listener.events.at(-1)?.id === last)
    await listener.stop()
    const commands = await collectCommands(journal, last)
    expect(checkJournal(commands, listener.events, load.acknowledged)).toEqual([])
    for (const engine of engines) await engine.shutdown()
  })

  test('only one of two engines sends its answers; the other listens and agrees', async () => {
    // On a busy machine the first may be late by more than the usual wait; not by this one.
    const patient = { SECOND_ENGINE_WAIT_MS: '10000' }
    const engines = [
      await fixture.startEngine('engine-1', { SECOND_ENGINE_WAIT_MS: '1' }),
      await fixture.startEngine('engine-2', patient),
    ]
    onTestFinished(() => Promise.all(engines.map((engine) => engine.shutdown())).then(() => {}))
    const load = new Load(journal, new Story(8), 5)
    await until('entries are acknowledged', () => load.acknowledged.length > 100)
    const last = await load.stop()
    await collectEvents(journal, last)
    const totals = (name: string) => Promise.all(engines.map((engine) => metric(engine, name)))
    await until('the other has seen it', async () => {
      const [, seen = 0] = await totals('lendbook_engine_seen_total')
      return seen > 90
    })
    const [first = 0, second = 0] = await totals('lendbook_engine_appended_total')
    expect(first).toBeGreaterThan(90)
    expect(second).toBe(0)
  })

  test('a listing expires in time although nobody asks for anything', async () => {
    const engine = await fixture.startEngine('engine-1')
    const opened = await append(new Story(9).opening(0, 1, 1_000))
    const listener = new Listener(journal)
    const expired = () => listener.events.find((e) => e.id !== opened && e.timed.length > 0)
    await until('the listing has expired', () => expired() !== undefined)
    const openedAtMs = listener.events.find((entry) => entry.id === opened)?.atMs ?? 0
    expect((expired()?.atMs ?? 0) - openedAtMs).toBeGreaterThanOrEqual(1_000)
    expect((expired()?.atMs ?? 0) - openedAtMs).toBeLessThan(3_000)
    await listener.stop()
    await engine.shutdown()
  })
})

describe('an engine that starts', () => {
  test('takes up a snapshot, and needs nothing from before it', async () => {
    const env = { SNAPSHOT_EVERY_ENTRIES: '20' }
    const engine = await fixture.startEngine('engine-1', env)
    const load = new Load(journal, new Story(10), 20)
    await until('entries are acknowledged', () => load.acknowledged.length > 100)
    await load.stop()
    const saved = () => metric(engine, 'lendbook_snapshot_sequence')
    await until('a snapshot is there', async () => (await saved()) > 0)
    await engine.shutdown()

    const [newest] = await listSnapshots(journal)
    await trimTo(journal, newest?.id ?? GENESIS)
    const again = await fixture.startEngine('engine-1')
    const id = await append([])
    await until('it answers', () => isAnswered(id))
    await again.shutdown()
  })

  test('saves a snapshot itself when nobody else does', async () => {
    const engine = await fixture.startEngine('lone', { SNAPSHOT_EVERY_ENTRIES: '10' })
    const before = (await listSnapshots(journal))[0]?.sequence ?? 0
    const load = new Load(journal, new Story(11), 5)
    await until('a newer snapshot is there', async () => {
      const [newest] = await listSnapshots(journal)
      return (newest?.sequence ?? 0) > before + 10
    })
    await load.stop()
    await engine.shutdown()
  })

  test('dies with both digests in its log when it comes to something else', async () => {
    const id = await append(new Story(12).bids(5))
    const engine = await fixture.startEngine('honest')
    await until('it is answered', () => isAnswered(id))
    // So that it leaves no snapshot behind that stands there.
    engine.kill('SIGKILL')
    await engine.exited
    const restore = await bendLastDigest()
    const second = await fixture.startEngine('second').catch(() => null)
    const next = await append(new Story(13).bids(1))
    await second?.exited
    const log = await readFile(join(fixture.dataDir, 'second.log'), 'utf8')
    expect(log).toMatch(/holds digest bent0000bent0000, this engine came to [0-9a-f]{16}/)
    expect(await isAnswered(next)).toBe(false)
    await restore()
  })

  test('ends with one line when the journal has come under other rules, and has not spoken', async () => {
    const engine = await fixture.startEngine('of-former-rules')
    const { rules } = journal.keys
    const held = (await journal.call('GET', rules)) as Buffer
    await journal.call('SET', rules, `2-other ${GENESIS}`)
    const id = await append([])
    expect((await engine.exited).code).toBe(2)
    const log = await readFile(join(fixture.dataDir, 'of-former-rules.log'), 'utf8')
    expect(log).toMatch(/^the journal .* is kept by the rules 2-other, .*adopt-rules\.js/m)
    await expect(fixture.startEngine('again')).rejects.toThrow('is kept by the rules 2-other')
    expect(await isAnswered(id)).toBe(false)
    await journal.call('SET', rules, held)
  })

  test('refuses a careless Redis with one line and exit code 2', async () => {
    await journal.call('CONFIG', 'SET', 'no-appendfsync-on-rewrite', 'yes')
    const refused = fixture.startEngine('refused')
    await expect(refused).rejects.toThrow(/no-appendfsync-on-rewrite is "yes", must be "no"/)
    await journal.call('CONFIG', 'SET', 'no-appendfsync-on-rewrite', 'no')
  })
})

/** Has the journal hold another digest for its newest entry, as an engine of another build would. */
async function bendLastDigest(): Promise<() => Promise<void>> {
  const { events } = journal.keys
  const [entry] = (await journal.call('XREVRANGE', events, '+', '-', 'COUNT', 1)) as [
    [Buffer, Buffer[]],
  ]
  const [id, fields] = entry
  const rewrite = async (digest: Buffer | string) => {
    const place = fields.findIndex((field) => field.toString() === 'g') + 1
    fields[place] = Buffer.from(digest)
    await journal.call('EVAL', REWRITE, 1, events, id, ...fields)
  }
  const honest = fields[fields.findIndex((field) => field.toString() === 'g') + 1] ?? ''
  await rewrite('bent0000bent0000')
  return () => rewrite(honest)
}

/** An entry cannot be changed in Redis: the stream is copied with the other last entry. */
const REWRITE = `
local kept = redis.call('XRANGE', KEYS[1], '-', '(' .. ARGV[1])
redis.call('DEL', KEYS[1])
for _, entry in ipairs(kept) do redis.call('XADD', KEYS[1], entry[1], unpack(entry[2])) end
redis.call('XADD', KEYS[1], ARGV[1], unpack(ARGV, 2))
`
