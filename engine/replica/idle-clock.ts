/** Moves the journal's clock when nothing else does.
 *
 *  The engine knows the time only from entries. When a listing is due, by time or because it
 *  is complete, and no entry comes, somebody has
 *  to write one: an empty entry of an engine's own. This clock only decides when to ask; the time that
 *  counts is the one Redis stamps on the entry. Two engines that both ask do no harm. */
import type { ListingId } from '../../schema/unit.ts'
import { pause } from '../host/backoff.ts'
import { CommandWriter, JournalLost } from '../journal/index.ts'
import type { Journal } from '../journal/index.ts'

/** A listing is open for a second at least, so a new one cannot be due before the next look. */
const LOOK_MS_MAX = 250
const LOOK_MS_MIN = 5
/** A second engine leaves it to the first for this long, and each adds some chance. */
const SECOND_WAITS_MS = 40
const CHANCE_MS = 10
/** Asking again and again for the same closing slows down: the clocks may differ. */
const AGAIN_MS_MIN = 50
const AGAIN_MS_MAX = 2_000

interface Watched {
  /** The listing that closes next, and when it is due; null when none is open. */
  readonly nextDue: () => { readonly listingId: ListingId; readonly dueAtMs: number } | null
  /** False while entries are coming, so that their own time does it. */
  readonly isQuiet: () => boolean
  readonly isFirst: () => boolean
}

/** Runs until the signal is aborted. */
export async function keepClock(
  journal: Journal,
  { nextDue, isQuiet, isFirst }: Watched,
  signal: AbortSignal,
): Promise<void> {
  const writer = new CommandWriter(journal)
  let askedFor: ListingId | null = null
  let againMs = AGAIN_MS_MIN
  while (!signal.aborted) {
    const next = nextDue()
    const wait = next === null ? LOOK_MS_MAX : next.dueAtMs + graceMs(isFirst()) - Date.now()
    if (next === null || wait > 0 || !isQuiet()) {
      await pause(Math.min(LOOK_MS_MAX, Math.max(LOOK_MS_MIN, wait)), signal)
      continue
    }
    againMs = next.listingId === askedFor ? Math.min(againMs * 2, AGAIN_MS_MAX) : AGAIN_MS_MIN
    askedFor = next.listingId
    await tick(writer, signal)
    await pause(againMs, signal)
  }
}

async function tick(writer: CommandWriter, signal: AbortSignal): Promise<void> {
  try {
    await writer.append([], signal)
  } catch (error) {
    if (!(error instanceof JournalLost) || !signal.aborted) throw error
  }
}

function graceMs(isFirst: boolean): number {
  return (isFirst ? 0 : SECOND_WAITS_MS) + Math.random() * CHANCE_MS
}
