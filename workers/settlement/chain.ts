/** The hash chain of the settlement journal: each entry's hash covers the one before it, so that no
 *  entry can be changed, left out or put in later without all that follow it giving it away. */
import { createHash } from 'node:crypto'
import type { Digest, EntryId } from '../../schema/entry.ts'

/** What the first entry's hash covers. */
export const CHAIN_START: Uint8Array = new Uint8Array(0)

interface Linked {
  readonly id: EntryId
  readonly digest: Digest
  readonly commands: Uint8Array
  readonly events: Uint8Array
}

/** SHA-256 over the hash before, a line of id, digest and both lengths (so that the border between
 *  the bodies is covered too), and both bodies. */
export function chainHash(before: Uint8Array, entry: Linked): Buffer {
  const { id, digest, commands, events } = entry
  return createHash('sha256')
    .update(before)
    .update(`${id} ${digest} ${commands.length} ${events.length}\n`)
    .update(commands)
    .update(events)
    .digest()
}
