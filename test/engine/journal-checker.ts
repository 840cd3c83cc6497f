/** What must be true of a journal, whatever was killed while it was written. */
import type { CommandEntry, EventEntry } from '../../schema/index.ts'
import { GENESIS } from '../../schema/index.ts'
import { applyEntry, createState } from '../../engine/index.ts'

/** What a writer was told is on disk. */
export interface Acknowledged {
  readonly source: string
  readonly batch: number
}

/** The faults found, each a line; none when all is well. Checks that nothing acknowledged is lost,
 *  that nothing was carried out twice, that there is one answer to each entry, in order and without
 *  a gap, and that a fresh engine comes to the same answers and digests. */
export function checkJournal(
  commands: readonly CommandEntry[],
  events: readonly EventEntry[],
  acknowledged: readonly Acknowledged[],
): string[] {
  return [
    ...findUnpaired(commands, events),
    ...findGaps(events),
    ...findLost(events, acknowledged),
    ...findDoubled(events),
    ...findDisagreement(commands, events),
  ]
}

function findUnpaired(commands: readonly CommandEntry[], events: readonly EventEntry[]): string[] {
  const asked = new Set(commands.map((entry) => entry.id))
  const answered = new Set(events.map((entry) => entry.id))
  const faults: string[] = []
  for (const id of asked) if (!answered.has(id)) faults.push(`${id} is unanswered`)
  for (const id of answered) if (!asked.has(id)) faults.push(`${id} answers nothing`)
  if (answered.size !== events.length) faults.push('an entry is answered twice')
  return faults
}

function findGaps(events: readonly EventEntry[]): string[] {
  return events.flatMap((entry, index) => {
    const before = events[index - 1]?.id ?? GENESIS
    const faults = []
    if (entry.previousId !== before) faults.push(`${entry.id} does not follow ${before}`)
    if (entry.sequence !== index + 1) faults.push(`${entry.id} is not sequence ${index + 1}`)
    return faults
  })
}

function findLost(events: readonly EventEntry[], acknowledged: readonly Acknowledged[]): string[] {
  const carriedOut = new Set(events.filter((entry) => !entry.isDuplicate).map(nameOf))
  return acknowledged
    .filter((write) => !carriedOut.has(nameOf(write)))
    .map((write) => `${nameOf(write)} was acknowledged and is lost`)
}

function findDoubled(events: readonly EventEntry[]): string[] {
  const seen = new Set<string>()
  return events.flatMap((entry) => {
    if (entry.isDuplicate || !seen.has(nameOf(entry))) {
      if (!entry.isDuplicate) seen.add(nameOf(entry))
      return []
    }
    return [`${nameOf(entry)} was carried out twice`]
  })
}

function findDisagreement(
  commands: readonly CommandEntry[],
  events: readonly EventEntry[],
): string[] {
  const state = createState()
  for (const [index, command] of commands.entries()) {
    const { digest } = applyEntry(state, command)
    if (digest !== events[index]?.digest)
      return [`${command.id}: a fresh engine comes to ${digest}`]
  }
  return []
}

function nameOf({ source, batch }: Acknowledged): string {
  return `${source}/${batch}`
}
