/** What the launcher and its servers write is for their own user alone: folders 0700, files 0600. */
import { chmodSync, existsSync, lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** For a shell that becomes the program: whatever that creates is closed to everybody else. */
export const PRIVATELY: readonly string[] = ['/bin/sh', '-c', 'umask 077; exec "$@"', 'sh']

/** What a launcher keeps in its DATA_DIR; other files there are none of our business. */
const OURS =
  /^(?:(?:postgres|journal|queue)(?:\..+)?|log|operator\.password|reviewer\.password|launcher\.lock)$/

/** Closes what a former build left open. Call while none of the servers runs. */
export function closeDataDir(dataDir: string): void {
  close(dataDir)
  for (const name of readdirSync(dataDir)) if (OURS.test(name)) closeTree(join(dataDir, name))
}

function closeTree(path: string): void {
  if (!existsSync(path) || lstatSync(path).isSymbolicLink()) return
  close(path)
  if (!lstatSync(path).isDirectory()) return
  for (const name of readdirSync(path)) closeTree(join(path, name))
}

/** Takes away what group and others may do. */
function close(path: string): void {
  const { mode } = lstatSync(path)
  if ((mode & 0o077) !== 0) chmodSync(path, mode & 0o700)
}
