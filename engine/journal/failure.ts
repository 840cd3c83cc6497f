/** The ways the journal can fail those who use it. Only `JournalLost` is worth another try. */
import { SetupFault } from '../host/setup-fault.ts'

/** A setting of the journal's Redis would let an acknowledged write be lost. Ends the process. */
export class JournalMisconfigured extends SetupFault {
  override readonly name = 'JournalMisconfigured'
}

/** It is not the journal of this market, or not all of it: another one's, an empty one, one that ends
 *  before what is known to have been in it. Nothing may be read from it or written to it. Ends the
 *  process; a person has to bring the right one back. */
export class JournalForeign extends SetupFault {
  override readonly name = 'JournalForeign'
}

/** The journal is kept by other rules than this build's. Ends the process before it has said a word. */
export class RulesDiffer extends SetupFault {
  override readonly name = 'RulesDiffer'
}

/** An entry that no program of ours has written. Nothing is done from it on, so whoever reads it ends at it, and
 *  again at each start, until a person has put the journal right. */
export class EntryUnreadable extends SetupFault {
  override readonly name = 'EntryUnreadable'
}

/** An entry by a later schema version than this build reads: another build goes on with it. Ends the process. */
export class EntryTooNew extends SetupFault {
  override readonly name = 'EntryTooNew'
}

/** What to do about it. */
export const REMEDY =
  "bring the market's own journal back, or empty this one and rebuild it from the record with `node dist/deploy/rebuild-journal.js`"

/** No answer: the outcome of a write is unknown. Tried again by `Journal.persist`. */
export class JournalLost extends Error {
  override readonly name: string = 'JournalLost'
}

/** Entries after the reader's position are no longer there, or the position itself is not. The
 *  reader's state cannot go on: start from a snapshot. */
export class MissedEntries extends Error {
  override readonly name = 'MissedEntries'
}

/** Two engines said different things about the same entry. The one that came second dies of this,
 *  before anybody has heard it; which of the two is right is for people to find out. */
export class Diverged extends Error {
  override readonly name = 'Diverged'
}
