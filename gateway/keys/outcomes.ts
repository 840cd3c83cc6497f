/** What became of the command under a key: the settled answer, `outcome-pending`, or `outcome-unknown`.
 *
 *  That there is no answer says something only once everything that was in the journal when it was asked for is
 *  settled. So who asks for a key without an answer waits for settlement to come to the journal's end of that
 *  moment, which takes a fraction of a second however much is going on. Only if that takes too long, or if the
 *  journal does not say where it ends, is it not known yet. The records forget no answer. */
import { OUTCOME_WAIT_MS_MAX, reject } from '../../schema/index.ts'
import type { AccountId, Key, OutcomeReply, Sequence } from '../../schema/index.ts'
import { JournalLost } from '../../engine/journal/index.ts'
import type { Records } from '../records/records.ts'
import type { Watermarks } from '../records/watermarks.ts'
import { Refusal } from '../refusal.ts'
import { findOutcome } from './records.ts'

interface Options {
  readonly records: Records
  readonly watermarks: Pick<Watermarks, 'untilSettled'>
  /** Where the journal ends now. Throws JournalLost. */
  readonly journalEnd: () => Promise<Sequence>
}

export class Outcomes {
  readonly #options: Options

  constructor(options: Options) {
    this.#options = options
  }

  /** @throws {Refusal} outcome-pending, outcome-unknown, records-unavailable */
  async find(accountId: AccountId, key: Key): Promise<OutcomeReply> {
    const { records } = this.#options
    const found = await findOutcome(records, accountId, key)
    if (found !== null) return found
    const isSettled = await this.untilSettled()
    const answer = await findOutcome(records, accountId, key)
    if (answer !== null) return answer
    throw new Refusal(isSettled ? reject('outcome-unknown') : OUTCOME_PENDING)
  }

  /** True once all that is in the journal now is settled; false when that takes too long. */
  async untilSettled(): Promise<boolean> {
    const { watermarks, journalEnd } = this.#options
    try {
      return await watermarks.untilSettled(await journalEnd(), OUTCOME_WAIT_MS_MAX)
    } catch (error) {
      if (error instanceof JournalLost) return false
      throw error
    }
  }
}

export const OUTCOME_PENDING = reject('outcome-pending', { retryAfterMs: 1_000 })
