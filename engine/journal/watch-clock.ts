/** Whether the journal's clock, or the entry that is answered next, would halt those who answer. */
import type { CommandEntry } from '../../schema/entry.ts'
import { pause } from '../host/backoff.ts'
import { messageOf } from '../host/setup-fault.ts'
import { assertClock, assertInTime, ClocksApart, EntryOutOfTime } from './clock.ts'
import { EntryTooNew, EntryUnreadable, JournalLost } from './failure.ts'
import type { Journal } from './journal.ts'
import { lastId } from './read-stream.ts'
import { readCommandEntry } from './stored-entry.ts'
import type { StoredEntry } from './stored-entry.ts'

/** Keeps an eye on what would halt the engines, for those who only wait for their answers: `readiness` says it.
 *  Runs until the signal is aborted. */
export async function watchClock(journal: Journal, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    journal.clockFault = await clockFault(journal)
    await pause(WATCH_EVERY_MS, signal)
  }
}

const TOLD = [ClocksApart, EntryOutOfTime, EntryUnreadable]
const WATCH_EVERY_MS = 1_000

async function clockFault(journal: Journal): Promise<string | null> {
  try {
    await assertClock(journal, journal.now)
    const next = await nextUnanswered(journal)
    if (next !== null) assertInTime(next)
    return null
  } catch (error) {
    if (TOLD.some((fault) => error instanceof fault)) return messageOf(error)
    // An outage is told by those whom it stops; what a newer build wrote is answered by its engines.
    if (error instanceof JournalLost || error instanceof EntryTooNew) return null
    throw error
  }
}

async function nextUnanswered(journal: Journal): Promise<CommandEntry | null> {
  const { commands, events } = journal.keys
  const answered = await lastId(journal, events)
  const range = [`(${answered}`, '+', 'COUNT', 1]
  const [next] = (await journal.call('XRANGE', commands, ...range)) as StoredEntry[]
  return next === undefined ? null : readCommandEntry(next)
}
