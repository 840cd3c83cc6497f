/** Coming and going. */
import { RequestRefused } from '../../gateway/client/index.ts'
import { market } from './feed/connection.ts'
import { http, session } from './session.ts'
import type { Session } from './session.ts'

/** Takes on a session that the gateway has just given, and logs the connection on with it. */
export async function enter(given: Session): Promise<void> {
  const { token, accountId, name, roles, expiresAtMs } = given
  try {
    await market().logon(token)
  } catch (error) {
    // A reply that is lost leaves the connection with the new token, so that everything else takes it on too.
    if (error instanceof RequestRefused) throw error
  }
  session.value = { token, accountId, name, roles, expiresAtMs }
}

/** Ends the session everywhere. If the gateway cannot be told now, it is at least forgotten here. */
export async function signOut(): Promise<void> {
  try {
    await http.signOut()
    await market().logout()
  } catch {
    // A session that the gateway does not know any more is signed out already.
  }
  session.value = null
}
