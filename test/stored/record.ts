/** Records what this build stores, so that every later build can prove that it still reads it:
 *  `npx tsx test/stored/record.ts 1`, once for each stored schema version, by the last build before
 *  that version changes, after a build of the programs.
 *
 *  A real market is told a story: an engine process answers it and saves a snapshot in the middle, a
 *  settlement process posts it. Both streams, the snapshot, the settlement journal and the tables are
 *  written down as they lie there, into version-N.json. A version that is there is never written over. */
import { writeFileSync } from 'node:fs'
import { startMarket } from '../../deploy/local/index.ts'
import { applyEntry, createState, dumpState } from '../../engine/index.ts'
import { connectPostgres, listMigrations } from '../../engine/host/index.ts'
import type { Postgres } from '../../engine/host/index.ts'
import {
  CommandWriter,
  connectJournal,
  listSnapshots,
  readEvents,
} from '../../engine/journal/index.ts'
import type { Journal } from '../../engine/journal/index.ts'
import {
  commandBodyOf,
  readCommandEntry,
  readEventHead,
} from '../../engine/journal/stored-entry.ts'
import type { StoredEntry } from '../../engine/journal/stored-entry.ts'
import {
  assert,
  COMMANDS,
  EVENTS,
  FUNDING_MODES,
  GENESIS,
  GRADES,
  PURPOSES,
} from '../../schema/index.ts'
import type { Command, CommandKind, EventEntry, EventKind } from '../../schema/index.ts'
import { readCursor } from '../../workers/settlement/cursor.ts'
import { until } from '../engine/journal-fixture.ts'
import { commandEntryOf, eventEntryOf, rowOf, storedFile, TABLES } from './stored.ts'
import type { Stored, StoredCommands, StoredEvents, StoredSnapshot } from './stored.ts'
import { Story } from './story.ts'
import type { Listener } from './story.ts'

/** The only engine is first and waits three times as long: a snapshot behind 60 entries, and the next
 *  one, which is not wanted, behind 120. */
const SNAPSHOT_EVERY_ENTRIES = 20
const REFUSALS_MIN = 12
const LINE_MAX = 400

/** Asks one entry after the other, and hears the answers as a gateway does. */
class Asker implements Listener {
  readonly #journal: Journal
  readonly #writer: CommandWriter
  readonly #said = new Map<string, EventEntry>()
  readonly #stop = new AbortController()
  readonly #reading: Promise<void>

  constructor(journal: Journal) {
    this.#journal = journal
    this.#writer = new CommandWriter(journal, { source: 'gateway' })
    this.#reading = readEvents(journal, {
      from: GENESIS,
      signal: this.#stop.signal,
      onEntries: (entries) => {
        for (const entry of entries) this.#said.set(entry.id, entry)
      },
    })
  }

  ask(commands: readonly Command[]): Promise<EventEntry> {
    return this.#askBy(this.#writer, commands)
  }

  /** A writer that is made anew begins at batch 1, so it says again what the first of its name said. */
  askAs(source: string, commands: readonly Command[]): Promise<EventEntry> {
    return this.#askBy(new CommandWriter(this.#journal, { source }), commands)
  }

  async closed(listing: number): Promise<void> {
    const isClosed = () =>
      [...this.#said.values()].some(({ timed }) =>
        timed.some((event) => 'listingId' in event && event.listingId === listing),
      )
    await until(`listing ${listing} is closed`, isClosed)
  }

  async hasSnapshot(): Promise<boolean> {
    return (await listSnapshots(this.#journal)).length > 0
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#reading
  }

  async #askBy(writer: CommandWriter, commands: readonly Command[]): Promise<EventEntry> {
    const { id } = await writer.append(commands)
    await until(`entry ${id} is answered`, () => this.#said.has(id))
    const entry = this.#said.get(id)
    assert(entry !== undefined, 'the entry was answered')
    return entry
  }
}

async function record(version: number): Promise<Stored> {
  const market = await startMarket({
    gateways: 0,
    workers: 0,
    envOf: { engine: { SNAPSHOT_EVERY_ENTRIES: String(SNAPSHOT_EVERY_ENTRIES) } },
  })
  const journal = await connectJournal({ url: market.journalUrl, market: 'demo' })
  const postgres = await connectPostgres({ url: market.databaseUrl, max: 2 })
  const asker = new Asker(journal)
  try {
    await new Story(asker).tell()
    return await capture(version, journal, postgres)
  } finally {
    await asker.stop()
    await postgres.close()
    await journal.close()
    await market.stop()
  }
}

async function capture(version: number, journal: Journal, { pool }: Postgres): Promise<Stored> {
  const commands = (await streamOf(journal, journal.keys.commands)).map(storedCommands)
  const events = (await streamOf(journal, journal.keys.events)).map(storedEvents)
  const last = events.at(-1)
  assert(last !== undefined && events.length === commands.length, 'every entry is answered')
  const settled = async () => (await readCursor(pool, 'settled')).sequence
  await until('the last entry is settled', async () => (await settled()) === last.sequence)
  const state = createState()
  for (const entry of commands) applyEntry(state, commandEntryOf(entry))
  const rows = async (table: string, key: string) =>
    (await pool.query(`select * from ${table} order by ${key}`)).rows.map(rowOf)
  const tables: Record<string, Stored['tables'][string]> = {}
  for (const [table, key] of TABLES) tables[table] = await rows(table, key)
  return {
    version,
    migrations: listMigrations().length,
    digest: last.digest,
    commands,
    events,
    snapshots: await snapshotsOf(journal),
    settlementJournal: await rows('settlement_journal', 'sequence'),
    tables,
    dump: [...dumpState(state)],
  }
}

async function streamOf(journal: Journal, key: string): Promise<StoredEntry[]> {
  return (await journal.call('XRANGE', key, '-', '+')) as StoredEntry[]
}

function storedCommands(entry: StoredEntry): StoredCommands {
  const { id, source, batch } = readCommandEntry(entry)
  return { id, source, batch, body: commandBodyOf(entry).toString('base64') }
}

function storedEvents(entry: StoredEntry): StoredEvents {
  const { body, ...head } = readEventHead(entry)
  return { ...head, body: body.toString('base64') }
}

async function snapshotsOf(journal: Journal): Promise<StoredSnapshot[]> {
  const stored: StoredSnapshot[] = []
  for (const head of await listSnapshots(journal)) {
    const chunks: string[] = []
    for (let number = 0; number < head.chunks; number++) {
      const chunk = (await journal.call('HGET', head.key, number)) as Buffer
      chunks.push(chunk.toString('base64'))
    }
    stored.push({ head, chunks })
  }
  return stored
}

/** A record that lacks something proves nothing about it. */
function assertComplete({ commands, events, snapshots, dump, digest }: Stored): void {
  const [snapshot] = snapshots
  assert(snapshot !== undefined && snapshots.length === 1, 'there is one snapshot')
  const asked = commands.map(commandEntryOf).flatMap((entry) => entry.commands)
  assertNames(asked)
  const entries = events.map(eventEntryOf)
  const isEarly = ({ sequence }: EventEntry) => sequence <= snapshot.head.sequence
  assertAll('command', COMMANDS, kindsOf(asked))
  assertAll('event', EVENTS, kindsOf(entries.flatMap(eventsOf)))
  const halves = [entries.filter(isEarly), entries.filter((entry) => !isEarly(entry))]
  for (const half of halves) assertRich(half, snapshot.head.sequence)
  const sections = new Set(dump.map(({ section }) => section))
  assert(sections.has('listings') && sections.has('bids'), 'something is open at the end')
  assert(JSON.stringify(dump[0]).includes(digest), 'the state has the last digest')
}

/** Both sides of the snapshot are as rich: what came before it, and what a replay begins from. */
function assertRich(entries: readonly EventEntry[], snapshotSequence: number): void {
  const said = entries.flatMap(eventsOf)
  const timed = kindsOf(entries.flatMap((entry) => entry.timed))
  assert(timed.has('LoanDisbursed') && timed.has('ListingExpired'), 'time closes listings')
  const outbid = said.filter((event) => event.kind === 'BidOutbid')
  assert(
    outbid.some(({ acceptedMinor }) => acceptedMinor === 0),
    'a bid is displaced whole',
  )
  assert(
    outbid.some(({ acceptedMinor }) => acceptedMinor > 0),
    'a bid is displaced in part',
  )
  const placed = said.filter((event) => event.kind === 'BidPlaced')
  const isPartial = placed.some(({ acceptedMinor, amountMinor }) => acceptedMinor < amountMinor)
  assert(isPartial, 'a bid is accepted in part')
  const refusals = said.flatMap((event) => (event.kind === 'Refused' ? [event.code] : []))
  assert(new Set(refusals).size >= REFUSALS_MIN, `refusals are ${refusals.join()}`)
  const repeated = said.filter((event) => event.kind === 'Repeated')
  const old = repeated.filter(({ sequence }) => sequence <= snapshotSequence)
  const answers = kindsOf(old.map(({ answer }) => answer))
  assert(answers.size === 5, `repeated are ${[...answers].join()}`)
  assert(
    entries.some(({ isDuplicate }) => isDuplicate),
    'an entry comes twice',
  )
}

/** They are stored as places in their lists, which must not move. */
function assertNames(asked: readonly Command[]): void {
  const listings = asked.filter((command) => command.kind === 'OpenListing')
  const named = new Set<string>(
    listings.flatMap(({ mode, grade, purpose }) => [mode, grade, purpose]),
  )
  for (const name of [...FUNDING_MODES, ...GRADES, ...PURPOSES])
    assert(named.has(name), `a listing is ${name}`)
}

function eventsOf({ timed, answered }: EventEntry) {
  return [...timed, ...answered.flat()]
}

function kindsOf<Kind extends CommandKind | EventKind>(
  told: readonly { readonly kind: Kind }[],
): ReadonlySet<string> {
  return new Set(told.map(({ kind }) => kind))
}

function assertAll(what: string, all: object, found: ReadonlySet<string>): void {
  for (const kind of Object.keys(all)) assert(found.has(kind), `the ${what} ${kind} is recorded`)
}

/** A line for each row, so that the file can be looked through. */
function lay(value: unknown): string {
  const line = JSON.stringify(value)
  if (line.length <= LINE_MAX || typeof value !== 'object' || value === null) return line
  if (Array.isArray(value)) return `[\n${value.map(lay).join(',\n')}\n]`
  const members = Object.entries(value).map(([name, member]) => `"${name}": ${lay(member)}`)
  return `{\n${members.join(',\n')}\n}`
}

const version = Number(process.argv[2])
assert(Number.isSafeInteger(version) && version > 0, 'the version to record is said: record.ts 1')
const stored = await record(version)
assertComplete(stored)
const text = `${lay(stored)}\n`
writeFileSync(storedFile(version), text, { flag: 'wx' })
const sizeKb = Math.round(text.length / 1_000)
process.stdout.write(`${storedFile(version)}: ${stored.events.length} entries, ${sizeKb} kB\n`)
