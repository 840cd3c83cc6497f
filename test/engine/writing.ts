import { SCHEMA_VERSION } from '../../schema/index.ts'
import type { AtMs, Writing } from '../../schema/index.ts'

/** How today's build writes an entry, by a clock that agrees with the journal's. */
export function writtenAt(atMs: AtMs): Writing {
  return { version: SCHEMA_VERSION, atMs }
}
