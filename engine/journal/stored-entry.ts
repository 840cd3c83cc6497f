/** Entries as they lie in the streams: an id and fields in the order they were written. */
import { assert, BrokenInvariant, sequence as toSequence } from '../../schema/unit.ts'
import type { AtMs, Sequence } from '../../schema/unit.ts'
import { entryAtMs } from '../../schema/entry.ts'
import type { CommandEntry, Digest, EntryId, EventEntry } from '../../schema/entry.ts'
import { SOURCE_LENGTH_MAX } from '../../schema/limit.ts'
import { BodyTooNew, decodeCommandBody, decodeEventBody } from './codec.ts'
import { EntryTooNew, EntryUnreadable, REMEDY } from './failure.ts'
import { entryIdOf } from './journal.ts'

/** What XREAD and XRANGE give for one entry: the id, then names and values in turn. */
export type StoredEntry = readonly [id: Buffer, fields: readonly Buffer[]]

/** An event entry whose body has not been read. */
export interface EventHead {
  readonly id: EntryId
  readonly source: string
  readonly batch: number
  readonly sequence: Sequence
  readonly previousId: EntryId
  readonly digest: Digest
  readonly body: Buffer
}

/** Throws EntryUnreadable or EntryTooNew; so do the others. */
export function readCommandEntry([idBytes, fields]: StoredEntry): CommandEntry {
  const id = entryIdOf(idBytes)
  return reading('commands', id, () => {
    const [source, batch, body] = values(fields, 'sbd')
    const written = { source: source.toString(), batch: Number(batch.toString()) }
    assert(isSource(written.source), 'its source is no name of a writer')
    assert(Number.isSafeInteger(written.batch) && written.batch > 0, 'its batch is no number')
    return { id, atMs: momentOf(id), ...written, ...decodeCommandBody(body) }
  })
}

/** The body of a command entry, as it was written. */
export function commandBodyOf([, fields]: StoredEntry): Buffer {
  return values(fields, 'sbd')[2]
}

export function readEventHead([idBytes, fields]: StoredEntry): EventHead {
  const id = entryIdOf(idBytes)
  return reading('events', id, () => {
    const [source, batch, place, previousId, digest, body] = values(fields, 'sbqpgd')
    return {
      id,
      source: source.toString(),
      batch: Number(batch.toString()),
      sequence: toSequence(Number(place.toString())),
      previousId: entryIdOf(previousId),
      digest: digest.toString(),
      body,
    }
  })
}

export function readEventEntry(head: EventHead): EventEntry {
  const { body, ...rest } = head
  return reading('events', head.id, () => ({
    ...rest,
    atMs: momentOf(head.id),
    ...decodeEventBody(body),
  }))
}

/** What does not read is told in one line for the operator: which entry, what is wrong with it, what to do. */
function reading<Entry>(stream: string, id: EntryId, read: () => Entry): Entry {
  try {
    return read()
  } catch (cause) {
    if (!(cause instanceof BrokenInvariant)) throw cause
    const line = `entry ${id} of the ${stream} cannot be read: ${cause.message}`
    if (cause instanceof BodyTooNew) throw new EntryTooNew(line, { cause })
    throw new EntryUnreadable(
      `${line}: nothing was done from this entry on. No program of ours writes such a thing: find out who did and change the passwords of the journal. Then ${REMEDY}`,
      { cause },
    )
  }
}

function momentOf(id: EntryId): AtMs {
  const ms = entryAtMs(id)
  assert(Number.isSafeInteger(ms), 'its id is no moment')
  return ms
}

/** Who writes says so in letters that every reader and the record take as they are. */
function isSource(source: string): boolean {
  return source.length <= SOURCE_LENGTH_MAX && /^[\w-]+$/.test(source)
}

type Values<Names extends string> = Names extends `${string}${infer Rest}`
  ? [Buffer, ...Values<Rest>]
  : []

/** The values, once their one-letter names are found to be `names` in that order. */
function values<Names extends string>(fields: readonly Buffer[], names: Names): Values<Names> {
  assert(fields.length === names.length * 2, `an entry has the fields ${names}`)
  const found: Buffer[] = []
  for (let index = 0; index < names.length; index++) {
    const name = fields[index * 2]
    const value = fields[index * 2 + 1]
    assert(name?.[0] === names.charCodeAt(index), `field ${index} of an entry is ${names[index]}`)
    assert(value !== undefined, 'a field has a value')
    found.push(value)
  }
  return found as Values<Names>
}
