import { isPermitted, reject } from '../../schema/index.ts'
import type { AccountId } from '../../schema/index.ts'
import type { Session } from '../person/sessions.ts'
import { Refusal } from '../refusal.ts'

/** Whose key is asked for: one's own, or that of an account that one may command for.
 *  @throws {Refusal} permission-missing */
export function ownerOf(session: Session, asked: AccountId | undefined): AccountId {
  if (asked === undefined || asked === session.accountId) return session.accountId
  if (!isPermitted('outcome.read', session.roles))
    throw new Refusal(reject('permission-missing', { field: 'accountId' }))
  return asked
}
