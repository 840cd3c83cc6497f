/** Postgres refuses to run as root. When we are root it runs as the user `postgres`, made if need be. */
import { execFileSync } from 'node:child_process'
import { chownSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

interface User {
  readonly uid: number
  readonly gid: number
}

let user: User | null | undefined

/** Hands a file over when we are root; nothing otherwise. */
export function giveToPostgres(path: string): void {
  const owner = postgresUser()
  if (owner !== null) chownSync(path, owner.uid, owner.gid)
}

/** What setpriv needs to run Postgres on these paths; nothing when we are not root. */
export function postgresPrivileges(...paths: readonly string[]): readonly string[] {
  const owner = postgresUser()
  if (owner === null) return []
  const becoming = ['--reuid', String(owner.uid), '--regid', String(owner.gid), '--clear-groups']
  return paths.every((path) => canReach(path)) ? becoming : [...becoming, ...PAST_CLOSED_FOLDERS]
}

/** A clone in /root lies behind a folder that only root may enter. Rather than opening that folder or
 *  keeping the data elsewhere, Postgres alone is let past it. */
const PAST_CLOSED_FOLDERS = [
  '--securebits=+no_setuid_fixup',
  '--inh-caps=-all,+dac_override',
  '--ambient-caps=-all,+dac_override',
]

function postgresUser(): User | null {
  user ??= process.getuid?.() === 0 ? (lookUp() ?? create()) : null
  return user
}

function lookUp(): User | null {
  try {
    return { uid: idOf('-u'), gid: idOf('-g') }
  } catch {
    return null
  }
}

function idOf(flag: '-u' | '-g'): number {
  return Number(execFileSync('id', [flag, 'postgres'], { stdio: ['ignore', 'pipe', 'ignore'] }))
}

function create(): User {
  const how = ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin']
  execFileSync('useradd', [...how, 'postgres'], { stdio: 'ignore' })
  return { uid: idOf('-u'), gid: idOf('-g') }
}

/** Whether everybody may enter every folder above `path`. */
function canReach(path: string): boolean {
  const above = dirname(path)
  if (above === path) return true
  return (statSync(above).mode & 0o001) !== 0 && canReach(above)
}
