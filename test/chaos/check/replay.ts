/** A fresh engine over the recorded commands says the same, byte for byte, and comes to the same digest
 *  at every entry: what the engines of the market said depended on nothing but the journal. */
import { entryAtMs, sequence } from '../../../schema/index.ts'
import type { EntryId } from '../../../schema/index.ts'
import { applyEntry, createState } from '../../../engine/index.ts'
import { encodeEventBody } from '../../../engine/journal/index.ts'
import type { Evidence } from '../evidence.ts'
import type { Findings } from './violation.ts'

export function checkReplay({ entries }: Evidence, findings: Findings): void {
  const state = createState()
  for (const entry of entries) {
    const id = entry.entryId as EntryId
    const { source, batch, commands, writing } = entry
    const said = applyEntry(state, { id, atMs: entryAtMs(id), source, batch, commands, writing })
    const isSame = said.digest === entry.digest && encodeEventBody(said).equals(entry.eventsBody)
    if (isSame && said.sequence === sequence(entry.sequence)) continue
    findings.add(
      'replay',
      `entry ${entry.sequence}: the record says ${entry.digest}, a replay ${said.digest}`,
    )
    return
  }
}
