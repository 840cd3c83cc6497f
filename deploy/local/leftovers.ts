/** The folder of a market whose owner was killed before it could remove it. */
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Then the owner's process id, a dash, and something random. */
export const TEMPORARY_PREFIX = 'lendbook-market-'

/** Removes the folders of owners that are no more. */
export function sweepLeftovers(): void {
  for (const name of readdirSync(tmpdir())) {
    if (!name.startsWith(TEMPORARY_PREFIX)) continue
    const owner = name.slice(TEMPORARY_PREFIX.length).split('-')[0] ?? ''
    if (existsSync(`/proc/${owner}`)) continue
    rmSync(join(tmpdir(), name), { recursive: true, force: true })
  }
}
