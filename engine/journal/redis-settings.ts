/** The settings under which Redis keeps an acknowledged write through a crash.
 *
 *  Each was tried without: `everysec` lost a third of the acknowledged writes on a slow disk,
 *  `no-appendfsync-on-rewrite yes` turns `always` off during a rewrite, an evicting policy removes
 *  entries at will, RDB saves fork for nothing, and without `aof-load-truncated` a server whose last write
 *  was torn does not start. Trimming takes whole nodes of a stream: one without bounds would never be let
 *  go (with `stream-node-max-entries 0` it removed 0 of 3,004 entries). */
import { messageOf } from '../host/setup-fault.ts'
import { JournalMisconfigured } from './failure.ts'

const EXACT: Readonly<Record<string, string>> = {
  appendonly: 'yes',
  appendfsync: 'always',
  'no-appendfsync-on-rewrite': 'no',
  'aof-load-truncated': 'yes',
  'maxmemory-policy': 'noeviction',
  save: '',
}

/** Nodes of at most as many entries as one step of trimming looks at, and small enough to be written
 *  again for every entry. 0 is no bound. */
const BOUNDED: Readonly<Record<string, number>> = {
  'stream-node-max-entries': 100,
  'stream-node-max-bytes': 64 * 1024,
}

export const REQUIRED_SETTINGS: readonly string[] = [...Object.keys(EXACT), ...Object.keys(BOUNDED)]

/** Throws JournalMisconfigured, naming each wrong setting and the way to correct it.
 *  `found` is the answer of CONFIG GET: names and values in turn. */
export function assertSettings(found: readonly string[], where: string): void {
  const settings = new Map<string, string>()
  for (let index = 0; index + 1 < found.length; index += 2)
    settings.set(found[index] ?? '', found[index + 1] ?? '')
  const said = (name: string) => `${name} is "${settings.get(name) ?? 'unknown'}"`
  const wrong = Object.entries(EXACT)
    .filter(([name, needed]) => settings.get(name) !== needed)
    .map(([name, needed]) => `${said(name)}, must be "${needed}"`)
  const unbounded = Object.entries(BOUNDED)
    .filter(([name, max]) => !isWithin(settings.get(name), max))
    .map(([name, max]) => `${said(name)}, must be 1 to ${max}`)
  const faults = [
    ...(wrong.length > 0 ? [`could lose acknowledged writes: ${wrong.join('; ')}`] : []),
    ...(unbounded.length > 0 ? [`could not be trimmed: ${unbounded.join('; ')}`] : []),
  ]
  if (faults.length === 0) return
  throw new JournalMisconfigured(
    `the journal Redis at ${where} ${faults.join(', and ')}. ${CORRECT}`,
  )
}

const CORRECT = 'Correct it with CONFIG SET or in redis.conf'

function isWithin(setting: string | undefined, max: number): boolean {
  const value = Number(setting)
  return value >= 1 && value <= max
}

/** For a server whose user may not do what we do. */
export function notPermitted(error: Error, where: string): JournalMisconfigured {
  return new JournalMisconfigured(
    `the journal Redis at ${where} refuses its user: ${error.message}: name the user whose work this is (docs/operations.md, Who may do what)`,
    { cause: error },
  )
}

/** For a server that does not let us look. */
export function settingsHidden(error: unknown, where: string): JournalMisconfigured {
  return new JournalMisconfigured(
    `the journal Redis at ${where} does not answer CONFIG GET (${messageOf(error)}): allow it for this user`,
    { cause: error },
  )
}
