/** When the launcher is to stop: Ctrl-C, SIGTERM, a closed terminal, or npm gone. */
import process from 'node:process'

/** npm passes on a Ctrl-C that the terminal has already given to us: the second one of a pair. */
const SAME_PRESS_MS = 1_000
const PARENT_LOOK_MS = 500

/** Calls `stop` once. A second Ctrl-C, a moment later, ends the process at once; its children are
 *  ended by the kernel. */
export function onStopAsked(stop: (why: string) => void): void {
  let askedAtMs = 0
  const ask = (why: string): void => {
    if (askedAtMs === 0) {
      askedAtMs = Date.now()
      stop(why)
    } else if (Date.now() - askedAtMs > SAME_PRESS_MS) process.exit(1)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => ask(signal))
  }
  if (process.env['npm_lifecycle_event'] !== undefined) whenParentEnds(() => ask('npm is gone'))
}

/** Someone who kills npm hard means us too, and npm cannot pass that on. */
function whenParentEnds(then: () => void): void {
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    then()
  }, PARENT_LOOK_MS)
  timer.unref()
}
