/** One launcher for a data folder: two would run two journals over the same files. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SetupFault } from '../../engine/host/index.ts'

/** Takes the folder for this process, or throws SetupFault. @returns a function that gives it back */
export function lockDataDir(dataDir: string): () => void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const file = join(dataDir, 'launcher.lock')
  const mine = `${process.pid} ${startOf(process.pid)}`
  while (!tryWrite(file, mine)) {
    const [pid = '', start = ''] = readLock(file).split(' ')
    if (start !== '' && startOf(Number(pid)) === start)
      throw new SetupFault(
        `another launcher (process ${pid}) uses ${dataDir}: stop it or choose another DATA_DIR`,
      )
    rmSync(file, { force: true })
  }
  return () => rmSync(file, { force: true })
}

function tryWrite(file: string, text: string): boolean {
  try {
    writeFileSync(file, text, { flag: 'wx', mode: 0o600 })
    return true
  } catch {
    return false
  }
}

function readLock(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    return ''
  }
}

/** When a process began, in ticks since the machine did: tells it from a later one that was given the
 *  same number. Empty when there is none. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name, in parentheses, may hold blanks; the start is the twentieth field after it.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
  }
}
