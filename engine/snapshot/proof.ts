/** A hash over every row of a snapshot behind its meta: what the digest does not know of the state (keys and their
 *  answers, sources, the terms of listings) is in it too. Who loads a snapshot comes to it from the rows, and again
 *  from the state that was made of them, so that a build which dumps or loads anything else is found out. */
import { assert } from '../../schema/index.ts'
import { Trace } from '../digest/trace.ts'
import type { SnapshotChunk } from './snapshot-rows.ts'

export function addRows(proof: Trace, { rows }: SnapshotChunk): void {
  for (const row of rows) {
    proof.number(row.length)
    for (const value of row) addValue(proof, value)
  }
}

function addValue(proof: Trace, value: unknown): void {
  if (typeof value === 'string') return proof.text(value)
  if (value === null) return proof.text('')
  assert(typeof value === 'number', 'a row of a snapshot is made of numbers, texts and nothing')
  proof.number(value)
}
