/** One entry of the journal: what was asked in one tick, and under the same id what came of it.
 *
 *  Streams `{market}:commands` and `{market}:events`. Fields of a command entry: `s` source, `b` batch,
 *  `d` body. Of an event entry: `s` and `b` again, `q` sequence, `p` id of the entry before, `g`
 *  digest, `d` body. A body is msgpack of the packed forms below; the codec is engine/journal's. */
import type { AtMs, Sequence } from './unit.ts'
import type { Command } from './command.ts'
import type { Event } from './event.ts'

/** A Redis stream id, `ms-n`: the place and the clock of an entry. */
export type EntryId = `${number}-${number}`

/** Before the first entry. */
export const GENESIS: EntryId = '0-0'

/** The version of the declarations by which a body is written, its first number. Raised by one whenever a
 *  kind or a field comes or goes. A reader takes any from 1 up to its own, for ever; a writer writes its
 *  own, or the one before as long as a role that reads no more than that may still be running. */
export const SCHEMA_VERSION = 5

/** The version since which an entry says by whose clock it was written, and its answer is traced. */
export const WRITING_SINCE = 3

/** Who wrote an entry: one process's lifetime. Its batches count up from 1. */
export type Source = string

export interface CommandEntry {
  readonly id: EntryId
  readonly atMs: AtMs
  readonly source: Source
  readonly batch: number
  readonly commands: readonly Command[]
  /** How it was written; null for an entry from before version 3, which does not say. */
  readonly writing: Writing | null
}

export interface Writing {
  /** The version of the schema. */
  readonly version: number
  /** The writer's own clock when it sent the entry. */
  readonly atMs: AtMs
}

export interface EventEntry {
  readonly id: EntryId
  readonly atMs: AtMs
  readonly source: Source
  readonly batch: number
  readonly sequence: Sequence
  /** The entry before this one: a reader that finds another has missed something. */
  readonly previousId: EntryId
  /** What it all comes to after this entry. */
  readonly digest: Digest
  /** The same `(source, batch)` had come before: nothing was carried out again. */
  readonly isDuplicate: boolean
  /** What time alone brought about, before the commands: listings that closed. */
  readonly timed: readonly Event[]
  /** For each command in order its answer and then what it brought about. Empty for a duplicate. */
  readonly answered: readonly (readonly Event[])[]
}

/** Sixteen hex digits over balances, bids and listings. Behind a point sixteen more, the trace, over all that
 *  was said since the first entry that says how it was written: so two who came to the same digest have said the
 *  same. Before that entry there is no trace. */
export type Digest = string

const STATE_DIGITS = 16

/** The part over balances, bids and listings, to which the ledger comes by itself. */
export function stateDigestOf(digest: Digest): Digest {
  return digest.slice(0, STATE_DIGITS)
}

/** The part over what was said; null before there was one. */
export function traceOf(digest: Digest): string | null {
  return digest.length === STATE_DIGITS ? null : digest.slice(STATE_DIGITS + 1)
}

/** A command or an event as it lies in a body: its number, then its fields in the order of their
 *  declaration. */
export type Tuple = readonly unknown[]
export type CommandBody = readonly [
  version: number,
  commands: readonly Tuple[],
  /** Since version 3. */
  writtenAtMs?: AtMs,
]
export type EventBody = readonly [
  version: number,
  isDuplicate: 0 | 1,
  timed: readonly Tuple[],
  answered: readonly (readonly Tuple[])[],
]

/** A market's number, made up once in its database; the journal and the snapshots carry it too. */
export type MarketIdentity = string

/** The names of a market's keys in the journal Redis. The braces keep them on one Cluster node. */
export function journalKeys(market: string): {
  readonly commands: string
  readonly events: string
  readonly snapshots: string
  /** Whose journal it is. */
  readonly identity: string
  /** Whose journal it is going to be, while it is rebuilt from the record. */
  readonly rebuilding: string
  /** By which rules it is kept, and since which entry. */
  readonly rules: string
} {
  return {
    commands: `{${market}}:commands`,
    events: `{${market}}:events`,
    snapshots: `{${market}}:snapshots`,
    identity: `{${market}}:identity`,
    rebuilding: `{${market}}:rebuilding`,
    rules: `{${market}}:rules`,
  }
}

/** The time an entry id carries. */
export function entryAtMs(id: EntryId): AtMs {
  return Number(id.slice(0, id.indexOf('-'))) as AtMs
}

/** Negative when `a` comes before `b`, zero when they are the same entry. */
export function compareEntryIds(a: EntryId, b: EntryId): number {
  const byTime = entryAtMs(a) - entryAtMs(b)
  if (byTime !== 0) return byTime
  return Number(a.slice(a.indexOf('-') + 1)) - Number(b.slice(b.indexOf('-') + 1))
}
