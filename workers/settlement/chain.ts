/** The hash chain of the settlement journal: each entry's hash covers the one before it, so that no
 *  entry can be changed, left out or put in later without all that follow it giving it away. */
import { createHash } from 'node:crypto'
import type { RecordedEntry } from './recorded-entry.ts'

/** What the first entry's hash covers. */
export const CHAIN_START: Uint8Array = new Uint8Array(0)

type Linked = Omit<RecordedEntry, 'chainHash'>

/** SHA-256 over the hash before, a line of all that is short and both lengths (so that the border
 *  between the bodies is covered too), and both bodies. */
export function chainHash(before: Uint8Array, entry: Linked): Buffer {
  const { sequence, id, source, batch, digest, commands, events } = entry
  return createHash('sha256')
    .update(before)
    .update(`${sequence} ${id} ${source} ${batch} ${digest} ${commands.length} ${events.length}\n`)
    .update(commands)
    .update(events)
    .digest()
}
