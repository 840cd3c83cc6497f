/** The journal on a real Redis: what is acknowledged is there once, and nobody skips in silence. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CommandWriter, connectJournal, trimTo } from '../../engine/journal/index.ts'
import {
  MissedEntries,
  readCommands,
  readEvents,
  readRawPairs,
} from '../../engine/journal/index.ts'
import { appendEvents, decodeCommandBody, decodeEventBody } from '../../engine/journal/index.ts'
import type { Journal, RawPair } from '../../engine/journal/index.ts'
import { applyEntry, createState } from '../../engine/index.ts'
import { ENTRY_PATIENCE_MS, GENESIS } from '../../schema/index.ts'
import type { CommandEntry, EntryId, EventEntry } from '../../schema/index.ts'
import { startCuttingProxy } from './cutting-proxy.ts'
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

/** A market of its own name, so that each test has empty streams. */
async function freshJournal(market: string, url = fixture.redis.url): Promise<Journal> {
  return connectJournal({ url, market, commandTimeoutMs: 1_000 })
}

async function write(target: Journal, count: number): Promise<EntryId> {
  const writer = new CommandWriter(target)
  const story = new Story(1)
  let id: EntryId = (await writer.append(story.opening())).id
  for (let entry = 1; entry < count; entry++) id = (await writer.append(story.bids(5))).id
  return id
}

function answer(commands: readonly CommandEntry[]): EventEntry[] {
  const state = createState()
  return commands.map((entry) => applyEntry(state, entry))
}

describe('writing', () => {
  test('an answer that is lost on the wire leaves the commands carried out once', async () => {
    const proxy = await startCuttingProxy(fixture.redis.url)
    const market = await freshJournal('cut', proxy.url)
    const writer = new CommandWriter(market)
    const story = new Story(2)
    await writer.append(story.opening())
    const acknowledged = [{ source: writer.source, batch: 1 }]
    for (let round = 0; round < 5; round++) {
      proxy.cutNextAnswerTo('EVALSHA')
      const { batch } = await writer.append(story.bids(10))
      acknowledged.push({ source: writer.source, batch })
    }
    const { id } = await writer.append([])

    expect(proxy.cuts()).toBe(5)
    const commands = await collectCommands(market, id)
    expect(commands.length).toBe(12)
    const events = answer(commands)
    expect(events.filter((entry) => entry.isDuplicate).length).toBe(5)
    expect(checkJournal(commands, events, acknowledged)).toEqual([])
    await market.close()
    await proxy.close()
  })

  test('an entry that cannot be written for too long is given up for good, and only then', async () => {
    const proxy = await startCuttingProxy(fixture.redis.url)
    const market = await freshJournal('given-up', proxy.url)
    let nowMs = 0
    const writer = new CommandWriter(market, { now: () => nowMs })
    const story = new Story(4)
    await writer.append(story.opening())
    // Each is written, its answer is lost, and the second is sent again when its time is over.
    proxy.cutNextAnswerTo('EVALSHA')
    const inTime = writer.append(story.bids(3))
    nowMs = ENTRY_PATIENCE_MS - 1
    await inTime
    proxy.cutNextAnswerTo('EVALSHA')
    const late = writer.append(story.bids(4))
    nowMs += ENTRY_PATIENCE_MS
    await late
    // This one was never written before its time was over.
    await fixture.killRedis()
    const never = writer.append(story.bids(5))
    nowMs += ENTRY_PATIENCE_MS
    await fixture.restartRedis()
    const { id } = await never

    const commands = await collectCommands(market, id)
    expect(commands.map((entry) => [entry.batch, entry.commands.length]).slice(1)).toEqual([
      [2, 3],
      [2, 3],
      [3, 4],
      [3, 0],
      [4, 0],
    ])
    const carriedOut = answer(commands).map((entry) => entry.answered.length)
    expect(carriedOut.slice(1)).toEqual([3, 0, 4, 0, 0])
    await market.close()
    await proxy.close()
  })

  test('a checker is worth its name: without deduplication it finds what was done twice', async () => {
    const proxy = await startCuttingProxy(fixture.redis.url)
    const market = await freshJournal('undeduplicated', proxy.url)
    const writer = new CommandWriter(market)
    await writer.append(new Story(2).opening())
    proxy.cutNextAnswerTo('EVALSHA')
    const { id } = await writer.append(new Story(2).bids(10))

    const commands = await collectCommands(market, id)
    const state = createState()
    state.sources.admit = () => true
    const events = commands.map((entry) => applyEntry(state, entry))
    expect(checkJournal(commands, events, []).join()).toContain('carried out twice')
    await market.close()
    await proxy.close()
  })

  test('what was acknowledged before Redis was killed is there when it is back', async () => {
    const market = await freshJournal('killed')
    const load = new Load(market, new Story(3), 50)
    const { acknowledged } = load
    for (let kill = 0; kill < 3; kill++) {
      const before = acknowledged.length
      await until('some entries are acknowledged', () => acknowledged.length > before + 50)
      await fixture.killRedis()
      await until('the outage is noticed', () => market.readiness().length > 0)
      await fixture.restartRedis()
    }
    const before = acknowledged.length
    await until('writing goes on', () => acknowledged.length > before + 50)
    const last = await load.stop()
    await until('nothing is amiss any more', () => market.readiness().length === 0)

    const commands = await collectCommands(market, last)
    const ids = new Set(commands.map((entry) => entry.id))
    expect(acknowledged.filter(({ id }) => !ids.has(id))).toEqual([])
    expect(checkJournal(commands, answer(commands), acknowledged)).toEqual([])
    await market.close()
  })
})

describe('answering', () => {
  test('two engines that say the same leave one stream without a gap', async () => {
    const market = await freshJournal('two')
    const id = await write(market, 200)
    const commands = await collectCommands(market, id)
    const said = async (size: number) => {
      const mine = await freshJournal('two')
      const entries = answer(commands)
      let appended = 0
      for (let from = 0; from < entries.length; from += size)
        appended += (await appendEvents(mine, entries.slice(from, from + size))).appended
      await mine.close()
      return appended
    }
    const shares = await Promise.all([said(3), said(7), said(64)])
    expect(shares.reduce((sum, share) => sum + share)).toBe(200)
    expect(checkJournal(commands, await collectEvents(market, id), [])).toEqual([])
    await market.close()
  })

  test('the checker finds two engines that append without a fence', async () => {
    const market = await freshJournal('unfenced')
    const id = await write(market, 10)
    const commands = await collectCommands(market, id)
    const unfenced: EventEntry[] = []
    for (const entry of [...answer(commands), ...answer(commands)]) {
      const stored = await market.call('XADD', market.keys.events, '*', 'q', entry.sequence)
      unfenced.push({ ...entry, id: String(stored) as EntryId })
    }
    const faults = checkJournal(commands, unfenced, []).join()
    expect(faults).toContain('carried out twice')
    expect(faults).toContain('does not follow')
    await market.close()
  })

  test('an engine that wakes up late can say nothing twice, and agrees', async () => {
    const market = await freshJournal('late')
    const id = await write(market, 20)
    const entries = answer(await collectCommands(market, id))
    await appendEvents(market, entries)
    expect(await appendEvents(market, entries.slice(4, 9))).toEqual({ appended: 0, refused: 5 })
    expect((await collectEvents(market, id)).length).toBe(20)
    await market.close()
  })

  test('an engine that came to something else hears it before anybody else does', async () => {
    const market = await freshJournal('diverged')
    const id = await write(market, 4)
    const entries = answer(await collectCommands(market, id))
    await appendEvents(market, entries.slice(0, 2))
    const other = entries.map((entry) => ({ ...entry, digest: '00000000deadbeef' }))
    await expect(appendEvents(market, other.slice(0, 2))).rejects.toThrow('holds digest')
    await expect(appendEvents(market, other)).rejects.toThrow('holds digest')
    await expect(appendEvents(market, entries.slice(3))).rejects.toThrow('the events end at')
    const stranger = entries.slice(2).map((entry) => ({ ...entry, previousId: GENESIS }))
    await expect(appendEvents(market, stranger.slice(0, 1))).rejects.toThrow('the events end at')
    expect((await collectEvents(market, entries[1]?.id ?? id)).length).toBe(2)
    await market.close()
  })
})

describe('reading', () => {
  test('settlement gets both halves of each entry as they were written', async () => {
    const market = await freshJournal('pairs')
    const id = await write(market, 100)
    const commands = await collectCommands(market, id)
    const entries = answer(commands)
    await appendEvents(market, entries)
    const pairs: RawPair[] = []
    const enough = new AbortController()
    await readRawPairs(market, {
      from: entries[9]?.id ?? GENESIS,
      signal: enough.signal,
      onEntries: (found) => {
        pairs.push(...found)
        if (pairs.length === 90) enough.abort()
      },
    })
    expect(pairs.map((pair) => pair.sequence)).toEqual(entries.slice(10).map((e) => e.sequence))
    const [first] = pairs
    expect(decodeCommandBody(first?.commandsBody ?? Buffer.of())).toEqual({
      commands: commands[10]?.commands,
      writing: commands[10]?.writing,
    })
    expect(decodeEventBody(first?.eventsBody ?? Buffer.of()).answered).toEqual(
      entries[10]?.answered,
    )
    await market.close()
  })

  test('a reader whose next entries were trimmed away is told, not left with a gap', async () => {
    const market = await freshJournal('trimmed')
    const id = await write(market, 300)
    const entries = answer(await collectCommands(market, id))
    await appendEvents(market, entries)
    const kept = entries[269]?.id ?? GENESIS
    expect(await trimTo(market, kept)).toBeGreaterThan(0)

    const signal = AbortSignal.timeout(10_000)
    const onEntries = () => {}
    for (const read of [readEvents, readCommands, readRawPairs])
      await expect(read(market, { from: GENESIS, signal, onEntries })).rejects.toThrow(
        MissedEntries,
      )
    const beyond: EntryId = '99999999999999-0'
    await expect(readEvents(market, { from: beyond, signal, onEntries })).rejects.toThrow('lost')

    const seen: EventEntry[] = []
    const enough = new AbortController()
    const take = (found: EventEntry[]) => {
      seen.push(...found)
      if (seen.at(-1)?.id === id) enough.abort()
    }
    await readEvents(market, { from: kept, signal: enough.signal, onEntries: take })
    expect(seen.length).toBe(30)
    await market.close()
  })

  test('trimming takes what a server of other settings has put into one large node', async () => {
    const market = await freshJournal('one-node')
    const bounds = (entries: number, sizeBytes: number) => {
      const bound = ['stream-node-max-entries', entries, 'stream-node-max-bytes', sizeBytes]
      return market.call('CONFIG', 'SET', ...bound)
    }
    await bounds(0, 0)
    const id = await write(market, 1_000)
    await bounds(100, 4_096)
    const entries = answer(await collectCommands(market, id))
    await bounds(0, 0)
    await appendEvents(market, entries)
    await bounds(100, 4_096)
    expect(await trimTo(market, id)).toBeGreaterThan(1_700)
    expect(await market.call('XLEN', market.keys.commands)).toBeLessThanOrEqual(101)
    await market.close()
  })

  test('trimming never takes the newest entry', async () => {
    const market = await freshJournal('newest')
    const id = await write(market, 3)
    await expect(trimTo(market, id)).rejects.toThrow('would empty')
    await market.close()
  })

  test('a reader that waits for nothing ends at once when asked to, and leaves no connection', async () => {
    const connections = async () => String(await journal.call('CLIENT', 'LIST')).split('\n').length
    const before = await connections()
    const market = await freshJournal('idle')
    const end = new AbortController()
    const reading = readEvents(market, { from: GENESIS, signal: end.signal, onEntries() {} })
    await until('the reader is connected', async () => (await connections()) === before + 2)
    const askedMs = performance.now()
    end.abort()
    await reading
    expect(performance.now() - askedMs).toBeLessThan(200)
    await new CommandWriter(market).append([])
    const onEntries = () => {
      throw new Error('no taker')
    }
    const { signal } = new AbortController()
    const failing = readCommands(market, { from: GENESIS, signal, onEntries })
    await expect(failing).rejects.toThrow('no taker')
    await until('its connection is closed', async () => (await connections()) === before + 1)
    expect(market.readiness()).toEqual([])
    await market.close()
    await until('all connections are closed', async () => (await connections()) === before)
  })

  test('a reader that is asked to stop before it began ends in peace', async () => {
    const market = await freshJournal('never-begun')
    const signal = AbortSignal.abort()
    // What nobody handles ends a process, and this run: there is nothing else to see.
    await readRawPairs(market, { from: GENESIS, signal, onEntries() {} })
    await readCommands(market, { from: GENESIS, signal, onEntries() {} })
    await expect(market.call('PING')).resolves.toBeDefined()
    await market.close()
  })

  test('a reader goes on where it was when Redis comes back', async () => {
    const market = await freshJournal('resumed')
    const writer = new CommandWriter(market)
    const seen: CommandEntry[] = []
    const end = new AbortController()
    const reading = readCommands(market, {
      from: GENESIS,
      signal: end.signal,
      onEntries: (entries) => void seen.push(...entries),
    })
    await writer.append([])
    await until('the first is read', () => seen.length === 1)
    await fixture.killRedis()
    const writing = writer.append([])
    await fixture.restartRedis()
    const { id } = await writing
    await until('the second is read', () => seen.at(-1)?.id === id)
    end.abort()
    await reading
    await market.close()
  })
})

describe('the settings of Redis', () => {
  test('a Redis that could lose acknowledged writes is refused in one line', async () => {
    const careless = await JournalFixture.start({ appendfsync: 'everysec' })
    await expect(careless.connect()).rejects.toThrow(
      /could lose acknowledged writes: appendfsync is "everysec", must be "always"/,
    )
    await careless.stop()
  })

  test('a Redis whose streams could not be trimmed is refused in one line', async () => {
    const boundless = await JournalFixture.start({ 'stream-node-max-entries': '0' })
    await expect(boundless.connect()).rejects.toThrow(
      /could not be trimmed: stream-node-max-entries is "0", must be 1 to 100/,
    )
    await boundless.stop()
  })

  test('a setting that was changed meanwhile is noticed at the next connect', async () => {
    const fickle = await JournalFixture.start()
    const market = await fickle.connect()
    await market.call('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru')
    await market.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'no').catch(() => {})
    await expect(new CommandWriter(market).append([])).rejects.toThrow('allkeys-lru')
    await fickle.stop()
  })

  test('a Redis that is not there is one line that says what to do', async () => {
    const nowhere = connectJournal({ url: 'redis://127.0.0.1:1', market: 'none' })
    await expect(nowhere).rejects.toThrow('start it or correct JOURNAL_REDIS_URL')
  })
})
