/** What a machine that loses its power keeps of Redis's append-only file.
 *
 *  SIGKILL alone takes nothing from a file: what was written stays in the kernel's cache. Power loss
 *  takes all that was written after the last fsync. Under `everysec` a thread of its own does the fsyncs
 *  and sleeps otherwise, so its count of context switches tells from outside when one was under way;
 *  taking the file's size when that count is *seen* to have moved can only overrate what is durable.
 *  Under `always` the main thread syncs before it sends any reply, so nothing that was answered is
 *  beyond what is durable, and cutting nothing is the exact loss as far as callers can tell. */
import { readdirSync, readFileSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'

const LOOK_EVERY_MS = 2
const FSYNC_THREAD = 'bio_aof_fsync'

export class FsyncWatch {
  readonly #file: string
  readonly #status: string
  readonly #timer: NodeJS.Timeout
  #switches: string
  #durableBytes: number
  #syncedAtMs = performance.now()

  /** @param dataDir of the Redis server with process id `pid` */
  constructor(pid: number, dataDir: string) {
    this.#file = appendOnlyFile(dataDir)
    this.#status = join('/proc', String(pid), 'task', threadOf(pid), 'status')
    this.#switches = this.#countSwitches()
    this.#durableBytes = statSync(this.#file).size
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS)
  }

  /** Since then the disk has heard nothing. */
  get sinceSyncMs(): number {
    return performance.now() - this.#syncedAtMs
  }

  get atRiskBytes(): number {
    return statSync(this.#file).size - this.#durableBytes
  }

  close(): void {
    clearInterval(this.#timer)
  }

  /** To be called once the server is dead: takes away what the disk had not heard of.
   *  @returns the bytes that were lost */
  losePower(): number {
    const lost = this.atRiskBytes
    truncateSync(this.#file, this.#durableBytes)
    return lost
  }

  #look(): void {
    const switches = this.#countSwitches()
    if (switches === this.#switches) return
    this.#switches = switches
    this.#durableBytes = statSync(this.#file).size
    this.#syncedAtMs = performance.now()
  }

  /** Stays as it was when the process is gone. */
  #countSwitches(): string {
    try {
      const found = /^voluntary_ctxt_switches:\s*(\d+)/m.exec(readFileSync(this.#status, 'utf8'))
      return found?.[1] ?? this.#switches
    } catch {
      return this.#switches
    }
  }
}

/** The file that grows; a rewrite would begin another, and none comes in a short test. */
function appendOnlyFile(dataDir: string): string {
  const folder = join(dataDir, 'appendonlydir')
  const name = readdirSync(folder).find((file) => file.endsWith('.incr.aof'))
  if (name === undefined) throw new Error(`${folder} holds no append-only file`)
  return join(folder, name)
}

function threadOf(pid: number): string {
  const tasks = join('/proc', String(pid), 'task')
  const thread = readdirSync(tasks).find(
    (id) => readFileSync(join(tasks, id, 'comm'), 'utf8').trim() === FSYNC_THREAD,
  )
  if (thread === undefined) throw new Error(`process ${pid} has no thread ${FSYNC_THREAD}`)
  return thread
}
