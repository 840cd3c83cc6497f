/** The bodies of journal entries: msgpack of positional tuples, the forms in schema/entry.ts.
 *
 *  Both directions are ours, so a body that does not read is a broken invariant. A packed body is a
 *  view of a buffer that the packer never writes again: the client may hold it until it is sent. */
import { Packr, Unpackr } from 'msgpackr'
import { packCommand, unpackCommand } from '../../schema/command.ts'
import type { Command } from '../../schema/command.ts'
import { BODY_VERSION } from '../../schema/entry.ts'
import type { CommandBody, EventBody, EventEntry } from '../../schema/entry.ts'
import { packEvent, unpackEvent } from '../../schema/event.ts'
import type { Event } from '../../schema/event.ts'
import { assert } from '../../schema/unit.ts'

const packer = new Packr({ useRecords: false })
const unpacker = new Unpackr({ useRecords: false })

export type EventParts = Pick<EventEntry, 'isDuplicate' | 'timed' | 'answered'>

export function encodeCommandBody(commands: readonly Command[]): Buffer {
  const body: CommandBody = [BODY_VERSION, commands.map(packCommand)]
  return packer.pack(body)
}

export function decodeCommandBody(bytes: Uint8Array): readonly Command[] {
  const [version, commands] = unpacker.unpack(bytes) as CommandBody
  assert(version === BODY_VERSION, `command body of version ${version}`)
  return commands.map(unpackCommand)
}

export function encodeEventBody({ isDuplicate, timed, answered }: EventParts): Buffer {
  const body: EventBody = [
    BODY_VERSION,
    isDuplicate ? 1 : 0,
    timed.map(packEvent),
    answered.map((events) => events.map(packEvent)),
  ]
  return packer.pack(body)
}

export function decodeEventBody(bytes: Uint8Array): EventParts {
  const [version, isDuplicate, timed, answered] = unpacker.unpack(bytes) as EventBody
  assert(version === BODY_VERSION, `event body of version ${version}`)
  return {
    isDuplicate: isDuplicate === 1,
    timed: timed.map(unpackEvent),
    answered: answered.map(readEvents),
  }
}

function readEvents(tuples: EventBody[3][number]): readonly Event[] {
  return tuples.map(unpackEvent)
}

/** Any value made of arrays, strings and numbers: the rows of a snapshot. */
export function packRows(value: unknown): Buffer {
  return packer.pack(value)
}

export function unpackRows(bytes: Uint8Array): unknown {
  return unpacker.unpack(bytes)
}
