/** The chain of entries: dense, in order, hashed, the same in the journal and in the record, and each
 *  batch of a writer carried out once. */
import { compareEntryIds } from '../../../schema/index.ts'
import type { EntryId } from '../../../schema/index.ts'
import { CHAIN_START, chainHash } from '../../../workers/settlement/chain.ts'
import type { Evidence } from '../evidence.ts'
import type { JournalEnd } from '../journal-end.ts'
import type { Findings } from './violation.ts'

export function checkChain(evidence: Evidence, journal: JournalEnd, findings: Findings): void {
  checkRecord(evidence, findings)
  checkCursors(evidence, journal, findings)
  checkStreams(evidence, journal, findings)
  checkBatches(evidence, findings)
}

function checkRecord({ entries }: Evidence, findings: Findings): void {
  let hash: Uint8Array = CHAIN_START
  let previousId: EntryId = '0-0'
  entries.forEach((entry, index) => {
    const { sequence, chainHash: kept, commandsBody: commands, eventsBody: events } = entry
    const id = entry.entryId as EntryId
    findings.expect(
      sequence === index + 1 && compareEntryIds(previousId, id) < 0,
      'chain',
      () => `entry ${id} (${sequence}) comes after ${previousId} (${index})`,
    )
    hash = chainHash(hash, { ...entry, id, commands, events })
    findings.expect(
      kept.equals(hash),
      'chain',
      () => `the hash of entry ${sequence} is not its own`,
    )
    previousId = id
  })
}

function checkCursors(evidence: Evidence, { tip }: JournalEnd, findings: Findings): void {
  const last = evidence.entries.at(-1)
  for (const { stage, sequence, digest } of evidence.settlement_cursor)
    findings.expect(
      sequence === tip.sequence && digest === tip.digest && last?.sequence === tip.sequence,
      'stuck',
      () =>
        `${stage} stands at ${sequence} (${digest}), the journal at ${tip.sequence} (${tip.digest})`,
    )
}

/** What is still in Redis: one event entry for each command entry, each naming the one before. */
function checkStreams(evidence: Evidence, journal: JournalEnd, findings: Findings): void {
  const recorded = new Map(evidence.entries.map((entry) => [entry.sequence, entry]))
  const answered = new Set(journal.events.map(({ id }) => id))
  const oldest = journal.events[0]?.id ?? '0-0'
  for (const id of journal.commandIds)
    findings.expect(
      answered.has(id) || compareEntryIds(id, oldest) < 0,
      'chain',
      () => `entry ${id} was never answered`,
    )
  journal.events.forEach((event, index) => {
    const before = journal.events[index - 1]
    findings.expect(
      before === undefined ||
        (event.previousId === before.id && event.sequence === before.sequence + 1),
      'chain',
      () =>
        `${event.id} (${event.sequence}) says it follows ${event.previousId}, not ${before?.id}`,
    )
    const kept = recorded.get(event.sequence)
    findings.expect(
      kept?.entryId === event.id && kept.digest === event.digest,
      'chain',
      () => `entry ${event.sequence} is ${event.id} in the journal, ${kept?.entryId} in the record`,
    )
  })
}

/** A batch that a writer sent again is there twice and was carried out once. */
function checkBatches({ entries }: Evidence, findings: Findings): void {
  const lastBatches = new Map<string, number>()
  for (const { entryId, source, batch, isDuplicate } of entries) {
    const last = lastBatches.get(source) ?? 0
    lastBatches.set(source, Math.max(last, batch))
    findings.expect(
      isDuplicate === batch <= last,
      batch <= last ? 'doubled' : 'lost',
      () => `${entryId} is batch ${batch} of ${source} after ${last}: duplicate ${isDuplicate}`,
    )
  }
}
