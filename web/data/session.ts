/** Who is signed in. Kept between visits by its token; the gateway ends it, not we. */
import { computed, shallowRef, watch } from 'vue'
import { HttpClient } from '../../gateway/client/index.ts'
import { isPermitted, ROLES } from '../../schema/permission.ts'
import type { Permission, Role } from '../../schema/permission.ts'
import { device } from './device.ts'
import { remembered } from './remembered.ts'

export interface Session {
  readonly token: string
  readonly accountId: number
  readonly name: string
  readonly roles: readonly Role[]
  readonly expiresAtMs: number
}

export const http = new HttpClient({ device: device() })
export const session = shallowRef<Session | null>(kept())
export const mayBid = computed(() => may('bid.write'))

/** Whether who is signed in may do something; nobody may anything without. */
export function may(permission: Permission): boolean {
  return isPermitted(permission, session.value?.roles ?? [])
}

/** Keeps the choice and gives every query its token. */
export function followSession(): void {
  watch(
    session,
    (now) => {
      http.token = now?.token ?? null
      remembered.write('session', now === null ? null : JSON.stringify(now))
    },
    { immediate: true },
  )
}

/** What an earlier visit left, if it still counts. */
function kept(): Session | null {
  try {
    const found = JSON.parse(remembered.read('session') ?? 'null') as Partial<Session> | null
    if (found === null || typeof found.token !== 'string') return null
    if (typeof found.expiresAtMs !== 'number' || found.expiresAtMs < Date.now()) return null
    const roles = ROLES.filter((role) => found.roles?.includes(role))
    const { token, expiresAtMs } = found
    return { token, expiresAtMs, roles, accountId: found.accountId ?? 0, name: found.name ?? '' }
  } catch {
    return null
  }
}
