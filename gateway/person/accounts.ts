/** Which accounts there are. Nobody is ever removed, so one that was found once is known for good; one that was
 *  not found is asked for again. */
import { ACCOUNTS_CACHED_MAX } from '../../schema/index.ts'
import type { AccountId } from '../../schema/index.ts'
import type { Records } from '../records/records.ts'
import { findPerson } from './records.ts'

export class Accounts {
  readonly #records: Records
  readonly #known = new Set<AccountId>()

  constructor(records: Records) {
    this.#records = records
  }

  /** Known without asking anyone. */
  isKnown(accountId: AccountId): boolean {
    return this.#known.has(accountId)
  }

  /** @throws {Refusal} records-unavailable */
  async exists(accountId: AccountId): Promise<boolean> {
    if (this.isKnown(accountId)) return true
    if ((await findPerson(this.#records, accountId)) === null) return false
    this.#known.add(accountId)
    if (this.#known.size > ACCOUNTS_CACHED_MAX) {
      const oldest = this.#known.values().next()
      if (oldest.done !== true) this.#known.delete(oldest.value)
    }
    return true
  }
}
