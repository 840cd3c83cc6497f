/** The settings under which Redis keeps an acknowledged write through a crash.
 *
 *  Each was tried without: `everysec` lost a third of the acknowledged writes on a slow disk,
 *  `no-appendfsync-on-rewrite yes` turns `always` off during a rewrite, an evicting policy removes
 *  entries at will, and RDB saves fork for nothing. */
import { messageOf } from '../host/setup-fault.ts'
import { JournalMisconfigured } from './failure.ts'

export const REQUIRED_SETTINGS: Readonly<Record<string, string>> = {
  appendonly: 'yes',
  appendfsync: 'always',
  'no-appendfsync-on-rewrite': 'no',
  'maxmemory-policy': 'noeviction',
  save: '',
}

/** Throws JournalMisconfigured, naming each wrong setting and the way to correct it.
 *  `found` is the answer of CONFIG GET: names and values in turn. */
export function assertSettings(found: readonly string[], where: string): void {
  const settings = new Map<string, string>()
  for (let index = 0; index + 1 < found.length; index += 2)
    settings.set(found[index] ?? '', found[index + 1] ?? '')
  const wrong = Object.entries(REQUIRED_SETTINGS)
    .filter(([name, needed]) => settings.get(name) !== needed)
    .map(([name, needed]) => `${name} is "${settings.get(name) ?? 'unknown'}", must be "${needed}"`)
  if (wrong.length === 0) return
  throw new JournalMisconfigured(
    `the journal Redis at ${where} could lose acknowledged writes: ${wrong.join('; ')}. Correct it with CONFIG SET or in redis.conf`,
  )
}

/** For a server that does not let us look. */
export function settingsHidden(error: unknown, where: string): JournalMisconfigured {
  return new JournalMisconfigured(
    `the journal Redis at ${where} does not answer CONFIG GET (${messageOf(error)}): allow it for this user`,
    { cause: error },
  )
}
