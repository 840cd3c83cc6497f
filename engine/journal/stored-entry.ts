/** Entries as they lie in the streams: an id and fields in the order they were written. */
import { assert, BrokenInvariant, sequence as toSequence } from '../../schema/unit.ts'
import type { Sequence } from '../../schema/unit.ts'
import { entryAtMs } from '../../schema/entry.ts'
import type { CommandEntry, Digest, EntryId, EventEntry } from '../../schema/entry.ts'
import { decodeCommandBody, decodeEventBody } from './codec.ts'
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

export function readCommandEntry([idBytes, fields]: StoredEntry): CommandEntry {
  const [source, batch, body] = values(fields, 'sbd')
  const id = entryIdOf(idBytes)
  return {
    id,
    atMs: entryAtMs(id),
    source: source.toString(),
    batch: Number(batch.toString()),
    ...readingEntry(id, () => decodeCommandBody(body)),
  }
}

/** The body of a command entry, as it was written. */
export function commandBodyOf([, fields]: StoredEntry): Buffer {
  return values(fields, 'sbd')[2]
}

export function readEventHead([idBytes, fields]: StoredEntry): EventHead {
  const [source, batch, place, previousId, digest, body] = values(fields, 'sbqpgd')
  return {
    id: entryIdOf(idBytes),
    source: source.toString(),
    batch: Number(batch.toString()),
    sequence: toSequence(Number(place.toString())),
    previousId: entryIdOf(previousId),
    digest: digest.toString(),
    body,
  }
}

export function readEventEntry(head: EventHead): EventEntry {
  const { body, ...rest } = head
  const parts = readingEntry(head.id, () => decodeEventBody(body))
  return { ...rest, atMs: entryAtMs(head.id), ...parts }
}

/** A body that does not read is told with its entry, so that whoever has to look knows where. */
function readingEntry<Body>(id: EntryId, read: () => Body): Body {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof BrokenInvariant)) throw error
    throw new BrokenInvariant(`entry ${id}: ${error.message}`, { cause: error })
  }
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
