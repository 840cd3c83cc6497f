/** What a killed server leaves behind: its pid file, and perhaps itself for a moment longer.
 *
 *  Postgres looks only whether some process has that number. In a container, where numbers come round
 *  again quickly, that may be anyone: so we look whose it is. */
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

const STOP_MS_MAX = 20_000
const LOOK_EVERY_MS = 50

/** Stops a server that still runs on `dataDir`, then removes its pid file. Nobody else uses the
 *  folder: the launcher holds its lock. */
export async function clearStalePid(dataDir: string): Promise<void> {
  const file = join(dataDir, 'postmaster.pid')
  if (!existsSync(file)) return
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0])
  const deadline = Date.now() + STOP_MS_MAX
  if (isServerOf(pid, dataDir)) process.kill(pid, 'SIGINT')
  while (isServerOf(pid, dataDir)) {
    if (Date.now() > deadline) process.kill(pid, 'SIGKILL')
    await wait(LOOK_EVERY_MS)
  }
  rmSync(file, { force: true })
}

function isServerOf(pid: number, dataDir: string): boolean {
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
    return (words[0] ?? '').endsWith('postgres') && words.includes(dataDir)
  } catch {
    return false
  }
}
