/** How a process ends: in order, within a deadline, with a code that tells why.
 *
 *  Asked to stop, or in surroundings that are wrong (SetupFault), a process stops its parts, the last
 *  started first, and ends with 0 or 2. A fault that nobody caught or a broken invariant ends it with
 *  1 on the spot, its cause in one log line: what is in memory is no longer to be trusted, and
 *  everything that matters is in the journal. */
import { createLog } from './log.ts'
import type { Log } from './log.ts'
import { SetupFault } from './setup-fault.ts'

/** Longer than a gateway needs to drain; shorter than what supervisors grant before SIGKILL. */
const STOP_MS_MAX = 25_000

type Stop = { readonly name: string; readonly stop: () => Promise<void> | void }

const stops: Stop[] = []
const stopping = new AbortController()
let log: Log = createLog('host')
let isEnding = false

/** Aborted as soon as the process was asked to stop. */
export const stopSignal: AbortSignal = stopping.signal

/** Has `stop` called when the process ends; the last one registered goes first. */
export function onStop(name: string, stop: () => Promise<void> | void): void {
  stops.push({ name, stop })
}

/** Runs a process: `main` starts its parts and may return while they work on. SIGTERM and SIGINT stop
 *  it in order; a second signal ends it at once. Whatever is thrown and not caught ends it too. */
export function runService(service: string, main: (log: Log) => Promise<void>): void {
  log = createLog(service)
  process.on('SIGTERM', () => askedToStop('SIGTERM'))
  process.on('SIGINT', () => askedToStop('SIGINT'))
  process.on('uncaughtException', fail)
  process.on('unhandledRejection', fail)
  main(log).catch(fail)
}

/** Ends the process because of `error`: for a part that works in the background. */
export function fail(error: unknown): void {
  if (stopping.signal.aborted) {
    log.warn({ at: 'stop-fault', error })
  } else if (error instanceof SetupFault) {
    process.stderr.write(`${error.message}\n`)
    void end(2)
  } else {
    log.error({ at: 'fault', error })
    process.exit(1)
  }
}

function askedToStop(reason: string): void {
  if (isEnding) process.exit(1)
  log.info({ at: 'stopping', reason })
  void end(0)
}

async function end(code: number): Promise<void> {
  if (isEnding) return
  isEnding = true
  stopping.abort()
  let current = 'nothing'
  const deadline = setTimeout(() => {
    log.error({ at: 'stop-overdue', waitingFor: current, waitMs: STOP_MS_MAX })
    process.exit(code === 0 ? 1 : code)
  }, STOP_MS_MAX)
  deadline.unref()
  for (const { name, stop } of stops.toReversed()) {
    current = name
    try {
      await stop()
    } catch (error) {
      log.warn({ at: 'stop-fault', part: name, error })
    }
  }
  process.exit(code)
}
