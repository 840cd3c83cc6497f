/** Who may do what in the two Redis servers. Nobody gets in without a password; each program has a user
 *  of its own that can send the commands it sends, on the keys it uses, and no others.
 *
 *  `{*}` is any market: a server may hold several. What a script does is asked of its user too, command
 *  by command, so being allowed to run one allows nothing more. */
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { keepSecret } from './secret.ts'

/** What every reader of a journal sends: the settings and the identity at each connect, then streams and
 *  snapshots. */
const READS_JOURNAL =
  '%R~{*}:commands %R~{*}:events %R~{*}:snapshots %R~{*}:snapshots:* %R~{*}:identity %R~{*}:rebuilding ' +
  '%R~{*}:rules +ping +time +config|get +get +exists +xread +xrange +xrevrange +xinfo|stream +hget +hvals +hlen +hexists +hgetall'

/** The queue's library runs scripts of many commands; only its own keys are open to them. */
const USES_QUEUE = '~{*}:queue:* +@all -@admin -@dangerous +info +config|get'

const EVERYTHING = '~* &* +@all'

export const JOURNAL_USERS = {
  /** The launcher, `rebuild-journal` and `adopt-rules`. */
  admin: EVERYTHING,
  engine: [
    READS_JOURNAL,
    '(+eval +evalsha ~{*}:commands ~{*}:events ~{*}:rules ~{*}:snapshots ~{*}:snapshots:*)',
    // Commands too: an empty entry tells the time when nobody asks for anything.
    '(+xadd %W~{*}:commands %W~{*}:events)',
    // A new journal is kept by the rules of the first engine that speaks.
    '(+set %W~{*}:rules)',
    '(+hset +hdel +expire +persist %W~{*}:snapshots %W~{*}:snapshots:*)',
  ].join(' '),
  gateway: [
    READS_JOURNAL,
    '(+eval +evalsha ~{*}:commands ~{*}:events)',
    '(+xadd %W~{*}:commands)',
  ].join(' '),
  settlement: [
    READS_JOURNAL,
    '(+eval +evalsha ~{*}:events ~{*}:snapshots)',
    '(+xtrim %W~{*}:commands %W~{*}:events)',
    '(+hset %W~{*}:snapshots)',
    // A new market's journal is given its identity by whoever sees both first.
    '(+set %W~{*}:identity)',
  ].join(' '),
} as const

export const QUEUE_USERS = {
  admin: EVERYTHING,
  settlement: USES_QUEUE,
  workers: USES_QUEUE,
} as const

export type JournalUser = keyof typeof JOURNAL_USERS
export type QueueUser = keyof typeof QUEUE_USERS

/** Writes the file that the server reads its users from. Passwords lie beside the data folder, so that an
 *  emptied one keeps them, and reach the server as hashes only. @returns the file */
export function writeUsers(dataDir: string, users: Readonly<Record<string, string>>): string {
  const lines = Object.entries(users).map(([user, rules]) => {
    const hash = createHash('sha256').update(passwordOf(dataDir, user)).digest('hex')
    return `user ${user} on #${hash} ${rules}`
  })
  mkdirSync(accessDir(dataDir), { recursive: true, mode: 0o700 })
  const file = join(accessDir(dataDir), 'users.acl')
  writeFileSync(file, `${['user default off', ...lines].join('\n')}\n`, { mode: 0o600 })
  return file
}

/** The server at `url` as another of its users sees it. */
export function asUser(url: string, dataDir: string, user: string): string {
  const address = new URL(url)
  address.username = user
  address.password = passwordOf(dataDir, user)
  return address.href
}

function passwordOf(dataDir: string, user: string): string {
  return keepSecret(join(accessDir(dataDir), `${user}.password`))
}

function accessDir(dataDir: string): string {
  return `${dataDir}.access`
}
