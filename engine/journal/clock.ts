/** The journal's clock is Redis': it closes listings and passes deadlines. So it is held against the clocks of
 *  those who write, three times over:
 *
 *  - A connection is not taken when the server's clock is far from ours.
 *  - An entry is not written when its writer's clock is far from the server's (append-commands.lua).
 *  - An entry that is in the journal all the same says how late it was for its writer, and an engine halts
 *    before it acts on one that was stamped far from that.
 *
 *  The first two pass by themselves once the clocks are right again. */
import { CLOCKS_APART_MS_MAX } from '../../schema/limit.ts'
import type { CommandEntry } from '../../schema/entry.ts'
import { SetupFault } from '../host/setup-fault.ts'
import { JournalLost, REMEDY } from './failure.ts'
import type { Caller } from './link.ts'

/** Redis' clock and ours are far apart: nothing is written, nothing is read, and tried again. */
export class ClocksApart extends JournalLost {
  override readonly name = 'ClocksApart'

  constructor(serverMs: number, ourMs: number) {
    super(
      `the clock of the journal Redis says ${said(serverMs)}, ours ${said(ourMs)}, more than ${CLOCKS_APART_MS_MAX} ms apart: correct the one that is wrong`,
    )
  }
}

/** An entry is stamped with a time that its writer's clock was far from. Ends the process. */
export class EntryOutOfTime extends SetupFault {
  override readonly name = 'EntryOutOfTime'
}

export function areApart(aMs: number, bMs: number): boolean {
  return Math.abs(aMs - bMs) > CLOCKS_APART_MS_MAX
}

/** Throws ClocksApart. Asked while the answer is on its way, our clock only gets later. */
export async function assertClock(caller: Caller, now: () => number): Promise<void> {
  const [seconds, micros] = ((await caller.call('TIME')) as Buffer[]).map(Number)
  const serverMs = (seconds ?? 0) * 1_000 + Math.floor((micros ?? 0) / 1_000)
  if (areApart(serverMs, now())) throw new ClocksApart(serverMs, now())
}

/** Throws EntryOutOfTime, one clear line, for an entry that nobody may act on. One from before version 3 does
 *  not say when it was written, and is taken. */
export function assertInTime({ id, atMs, source, writing }: CommandEntry): void {
  if (writing === null || !areApart(atMs, writing.atMs)) return
  throw new EntryOutOfTime(
    `entry ${id} is stamped ${said(atMs)}, but ${source} wrote it at ${said(writing.atMs)} by its own clock, more than ${CLOCKS_APART_MS_MAX} ms apart: nothing was done from this entry on. Correct the clocks, then ${REMEDY}`,
  )
}

function said(ms: number): string {
  const date = new Date(ms)
  return Number.isNaN(date.getTime()) ? `${ms} ms` : date.toISOString()
}
