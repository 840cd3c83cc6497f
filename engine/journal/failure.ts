/** The four ways the journal can fail those who use it. Only `JournalLost` is worth another try. */
import { SetupFault } from '../host/setup-fault.ts'

/** A setting of the journal's Redis would let an acknowledged write be lost. Ends the process. */
export class JournalMisconfigured extends SetupFault {
  override readonly name = 'JournalMisconfigured'
}

/** No answer: the outcome of a write is unknown. Tried again by `Journal.persist`. */
export class JournalLost extends Error {
  override readonly name = 'JournalLost'
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
