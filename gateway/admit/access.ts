import { isPermitted, reject } from '../../schema/index.ts'
import type { Access, Reject, Role } from '../../schema/index.ts'

/** What whoever asks lacks for something declared with `access`; null: nothing. */
export function accessRefusal(
  access: Access,
  caller: { readonly roles: readonly Role[] } | null,
): Reject | null {
  if (access === 'anyone') return null
  if (caller === null) return reject('not-logged-on')
  if (access === 'signed-in' || isPermitted(access, caller.roles)) return null
  return reject('permission-missing')
}
