/** A journal of a test's own: a real Redis in a folder of its own, and commands with a story. */
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { freePort, startJournalRedis, startRole } from '../../deploy/local/index.ts'
import { Random } from '../../deploy/random.ts'
import type { RoleProcess } from '../../deploy/local/processes.ts'
import type { RedisServer } from '../../deploy/local/redis.ts'
import type { Command, CommandEntry, EntryId, EventEntry } from '../../schema/index.ts'
import {
  accountId,
  GENESIS,
  journalKeys,
  keyFrom,
  listingId,
  minor,
  PLAIN_BID,
  PLAIN_LISTING,
  ratePpm,
} from '../../schema/index.ts'
import { connectJournal, readCommands, readEvents } from '../../engine/journal/index.ts'
import type { Journal } from '../../engine/journal/index.ts'

export const MARKET = 'trial'

export class JournalFixture {
  readonly dataDir: string
  readonly port: number
  redis: RedisServer
  readonly #journals: Journal[] = []
  readonly #engines: RoleProcess[] = []

  /** Its journal carries an identity, as a market's does from its first start on. */
  static async start(settings: Readonly<Record<string, string>> = {}): Promise<JournalFixture> {
    const dataDir = await mkdtemp(join(tmpdir(), 'lendbook-journal-'))
    const port = await freePort()
    const redis = await startJournalRedis({ dataDir, port, settings })
    const fixture = new JournalFixture(dataDir, port, redis)
    await fixture.giveIdentity()
    return fixture
  }

  constructor(dataDir: string, port: number, redis: RedisServer) {
    this.dataDir = dataDir
    this.port = port
    this.redis = redis
  }

  async giveIdentity(identity: string = randomUUID()): Promise<void> {
    const direct = new Redis(this.redis.url)
    await direct.set(journalKeys(MARKET).identity, identity, 'NX')
    await direct.quit()
  }

  async connect(url: string = this.redis.url): Promise<Journal> {
    const journal = await connectJournal({ url, market: MARKET })
    this.#journals.push(journal)
    return journal
  }

  /** An engine process at work. */
  async startEngine(name: string, env: NodeJS.ProcessEnv = {}): Promise<RoleProcess> {
    const engine = await startRole({
      role: 'engine',
      name,
      env: { PATH: process.env['PATH'], JOURNAL_REDIS_URL: this.redis.url, MARKET, ...env },
      logDir: this.dataDir,
    })
    this.#engines.push(engine)
    await engine.ready
    return engine
  }

  async killRedis(): Promise<void> {
    this.redis.kill('SIGKILL')
    await this.redis.exited
  }

  async restartRedis(): Promise<void> {
    this.redis = await startJournalRedis({ dataDir: this.dataDir, port: this.port })
  }

  async stop(): Promise<void> {
    for (const engine of this.#engines) engine.kill('SIGKILL')
    await Promise.all(this.#engines.map((engine) => engine.exited))
    await Promise.all(this.#journals.map((journal) => journal.close()))
    await this.killRedis()
    await rm(this.dataDir, { recursive: true, force: true })
    await rm(`${this.dataDir}.access`, { recursive: true, force: true })
  }
}

/** Waits until `fact` holds; fails after `msMax` naming what was waited for. */
export async function until(
  what: string,
  fact: () => boolean | Promise<boolean>,
  msMax = 30_000,
): Promise<void> {
  const deadline = performance.now() + msMax
  while (!(await fact())) {
    if (performance.now() > deadline) throw new Error(`still not true after ${msMax} ms: ${what}`)
    await wait(5)
  }
}

/** Collects a stream up to and with the entry `upTo`. */
export async function collect<Entry extends { readonly id: EntryId }>(
  read: typeof readEvents | typeof readCommands,
  journal: Journal,
  upTo: EntryId,
): Promise<Entry[]> {
  const found: Entry[] = []
  const enough = new AbortController()
  const onEntries = (entries: (EventEntry | CommandEntry)[]) => {
    found.push(...(entries as unknown as Entry[]))
    if (entries.some((entry) => entry.id === upTo)) enough.abort()
  }
  await read(journal, { from: GENESIS, signal: enough.signal, onEntries })
  return found
}

export const collectEvents = (journal: Journal, upTo: EntryId): Promise<EventEntry[]> =>
  collect<EventEntry>(readEvents, journal, upTo)

export const collectCommands = (journal: Journal, upTo: EntryId): Promise<CommandEntry[]> =>
  collect<CommandEntry>(readCommands, journal, upTo)

const KEY_TIME_MS = Date.UTC(2026, 0, 1)

/** Commands that hang together, the same ones for the same seed: cash, listings of both modes, bids. */
export class Story {
  readonly #random: Random
  #keys = 0

  constructor(seed: number) {
    this.#random = new Random(seed)
  }

  opening(accounts = 20, listings = 10, openMs = 600_000): Command[] {
    const commands: Command[] = []
    for (let owner = 1; owner <= accounts; owner++)
      commands.push({
        kind: 'Deposit',
        ...this.#asked(owner),
        amountMinor: minor(1_000_000_000),
      })
    for (let number = 0; number < listings; number++)
      commands.push({
        kind: 'OpenListing',
        ...this.#asked(1000 + number),
        mode: number % 2 === 0 ? 'fixed-rate' : 'uniform-auction',
        amountMinor: minor(50_000_000),
        ratePpm: ratePpm(120_000),
        termMonths: 36,
        minBidMinor: minor(5_000),
        openMs,
        grade: 'B',
        purpose: 'car',
        ...PLAIN_LISTING,
      })
    return commands
  }

  bids(count: number, accounts = 20, listings = 10): Command[] {
    return Array.from({ length: count }, () => ({
      kind: 'PlaceBid' as const,
      ...this.#asked(1 + this.#random.below(accounts)),
      listingId: listingId(1 + this.#random.below(listings)),
      amountMinor: minor(5_000 + this.#random.below(96_000)),
      ratePpm: ratePpm(40_000 + this.#random.below(90_000)),
      ...PLAIN_BID,
    }))
  }

  #asked(owner: number): Pick<Command, 'key' | 'accountId' | 'deadlineMs'> {
    this.#keys += 1
    const random = Buffer.alloc(10)
    random.writeUInt32BE(this.#keys, 4)
    return { key: keyFrom(KEY_TIME_MS, random), accountId: accountId(owner), deadlineMs: 0 }
  }
}
