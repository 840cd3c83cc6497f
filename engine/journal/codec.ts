/** The bodies of journal entries: msgpack of positional tuples, the forms in schema/entry.ts.
 *
 *  Both directions are ours, so a body that does not read is a broken invariant. A packed body is a
 *  view of a buffer that the packer never writes again: the client may hold it until it is sent. */
import { Packr, Unpackr } from 'msgpackr'
import { COMMANDS } from '../../schema/command.ts'
import type { Command } from '../../schema/command.ts'
import { SCHEMA_VERSION, WRITING_SINCE } from '../../schema/entry.ts'
import type { CommandBody, CommandEntry, EventBody, EventEntry, Tuple } from '../../schema/entry.ts'
import { EVENTS } from '../../schema/event.ts'
import type { Event } from '../../schema/event.ts'
import { BrokenInvariant } from '../../schema/unit.ts'
import type { AtMs } from '../../schema/unit.ts'
import { createForms } from './forms.ts'

const packer = new Packr({ useRecords: false })
const unpacker = new Unpackr({ useRecords: false })

export type CommandParts = Pick<CommandEntry, 'commands' | 'writing'>
export type EventParts = Pick<EventEntry, 'isDuplicate' | 'timed' | 'answered'>

export const COMMAND_FORMS = createForms<Command>(Object.values(COMMANDS), SCHEMA_VERSION)
export const EVENT_FORMS = createForms<Event>(Object.values(EVENTS), SCHEMA_VERSION)

/** True when a role of schema version `version` can read the command. */
export function isSayable(command: Command, version: number): boolean {
  return COMMAND_FORMS.isSayable(command, version)
}

/** `atMs` is the writer's clock, for which a version before 3 has no words. */
export function encodeCommandBody(
  commands: readonly Command[],
  atMs: AtMs,
  version: number = SCHEMA_VERSION,
): Buffer {
  const pack = COMMAND_FORMS.packer(version)
  const tuples = commands.map((command) => pack(command))
  const body: CommandBody = version < WRITING_SINCE ? [version, tuples] : [version, tuples, atMs]
  return packer.pack(body)
}

/** A body by a later version than ours. */
export class BodyTooNew extends BrokenInvariant {}

/** Reads a body of any version up to ours. Throws BrokenInvariant, naming kind and field, for any other. */
export function decodeCommandBody(bytes: Uint8Array): CommandParts {
  const body = unpackBody<CommandBody>(bytes, (version) => (version < WRITING_SINCE ? 2 : 3))
  const [version, commands, atMs] = body
  const read = COMMAND_FORMS.reader(version)
  return {
    commands: rows(commands).map((tuple) => read(row(tuple))),
    writing: atMs === undefined ? null : { version, atMs: moment(atMs) },
  }
}

export function encodeEventBody(
  { isDuplicate, timed, answered }: EventParts,
  version: number = SCHEMA_VERSION,
): Buffer {
  const packEvent = EVENT_FORMS.packer(version)
  const pack = (event: Event): Tuple => packEvent(event)
  const body: EventBody = [
    version,
    isDuplicate ? 1 : 0,
    timed.map(pack),
    answered.map((events) => events.map(pack)),
  ]
  return packer.pack(body)
}

/** As `decodeCommandBody`. */
export function decodeEventBody(bytes: Uint8Array): EventParts {
  const [version, isDuplicate, timed, answered] = unpackBody<EventBody>(bytes, () => 4)
  const readEvent = EVENT_FORMS.reader(version)
  const read = (tuple: Tuple): Event => readEvent(row(tuple))
  return {
    isDuplicate: isDuplicate === 1,
    timed: rows(timed).map(read),
    answered: rows(answered).map((tuples) => rows(tuples).map(read)),
  }
}

/** Bodies are our own words: one that does not read is broken, whoever damaged it. */
function unpackBody<Body extends readonly [version: number, ...rest: readonly unknown[]]>(
  bytes: Uint8Array,
  partsOf: (version: number) => number,
): Body {
  let body: unknown
  try {
    body = unpacker.unpack(bytes)
  } catch (cause) {
    throw new BrokenInvariant('a body is not msgpack', { cause })
  }
  if (!Array.isArray(body)) throw new BrokenInvariant('a body is no list of parts')
  const version: unknown = body[0]
  if (!Number.isSafeInteger(version) || (version as number) < 1)
    throw new BrokenInvariant(`a body of schema version ${String(version)}`)
  if ((version as number) > SCHEMA_VERSION)
    throw new BodyTooNew(
      `a body of schema version ${String(version)}, this build reads up to ${SCHEMA_VERSION}: run a newer build`,
    )
  const parts = partsOf(version as number)
  if (body.length !== parts) throw new BrokenInvariant(`a body has ${parts} parts`)
  return body as unknown as Body
}

function moment(value: unknown): AtMs {
  if (!Number.isSafeInteger(value) || (value as number) < 0)
    throw new BrokenInvariant("the writer's clock in a body is no moment")
  return value as AtMs
}

function rows<Row>(value: readonly Row[]): readonly Row[] {
  if (!Array.isArray(value)) throw new BrokenInvariant('a list of a body is no list')
  return value
}

function row(value: unknown): Tuple {
  if (!Array.isArray(value)) throw new BrokenInvariant('a message of a body is no list of parts')
  return value
}

/** Some rows of a snapshot, made of strings and numbers, without what says how many: `joinRows` does. */
export function packRows(rows: readonly unknown[]): Buffer {
  return packer.pack(rows).subarray(listHead(rows.length).length)
}

/** What packing `[section, rows]` gives, of rows that were packed some at a time. */
export function joinRows(section: string, count: number, packed: readonly Buffer[]): Buffer {
  return Buffer.concat([listHead(2), packer.pack(section), listHead(count), ...packed])
}

/** How msgpack begins a list. */
function listHead(length: number): Buffer {
  if (length < 16) return Buffer.of(0x90 | length)
  const head = Buffer.alloc(length < 0x1_0000 ? 3 : 5, length < 0x1_0000 ? 0xdc : 0xdd)
  if (head.length === 3) head.writeUInt16BE(length, 1)
  else head.writeUInt32BE(length, 1)
  return head
}

export function unpackRows(bytes: Uint8Array): unknown {
  return unpacker.unpack(bytes)
}
