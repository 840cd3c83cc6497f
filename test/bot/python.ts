/** The Python that runs the bot, with the packages that it imports. A machine need not have one. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PROJECT_DIR } from '../../deploy/local/project.ts'

export const PYTHON = 'python3'

const REQUIREMENTS = fileURLToPath(new URL('requirements.txt', import.meta.url))
const INSTALL_MS_MAX = 100_000

/** Where its packages lie: '' when Python finds them by itself. Or why the bot cannot be run, in one line. */
export type Found = { readonly path: string } | { readonly why: string }

export function findPython(): Found {
  if (!runs('import sys; sys.exit(sys.version_info < (3, 9))'))
    return { why: `there is no ${PYTHON} of version 3.9 or later` }
  if (runs(IMPORTS)) return { path: '' }
  const folder = cacheFolder()
  if (!existsSync(folder)) install(folder)
  return existsSync(folder) && runs(IMPORTS, folder)
    ? { path: folder }
    : {
        why: 'websockets and msgpack are not there and pip cannot install test/bot/requirements.txt',
      }
}

const IMPORTS = 'import websockets, msgpack'

function runs(code: string, path = ''): boolean {
  const env = { ...process.env, PYTHONPATH: path }
  return spawnSync(PYTHON, ['-c', code], { env, stdio: 'ignore' }).status === 0
}

/** A folder for each version of the requirements. */
function cacheFolder(): string {
  const version = createHash('sha256').update(readFileSync(REQUIREMENTS)).digest('hex').slice(0, 16)
  return join(PROJECT_DIR, 'node_modules', '.cache', 'lendbook', `python-${version}`)
}

/** Beside its place first, so that one that was broken off is not taken for whole. pip checks the hashes. */
function install(folder: string): void {
  const making = `${folder}.${process.pid}`
  const options = ['--quiet', '--no-deps', '--retries', '1', '--target', making, '-r', REQUIREMENTS]
  const { status } = spawnSync(PYTHON, ['-m', 'pip', 'install', ...options], {
    stdio: 'ignore',
    timeout: INSTALL_MS_MAX,
  })
  if (status === 0 && !existsSync(folder)) renameSync(making, folder)
  rmSync(making, { recursive: true, force: true })
}
