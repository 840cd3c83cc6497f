/** The one line on standard output that whoever started this process waits for. */

export interface Ready {
  readonly service: string
  readonly port?: number
  readonly opsPort?: number
}

/** Prints `{"at":"ready","service":…,"port":…,"opsPort":…,"pid":…}`. */
export function announceReady(ready: Ready): void {
  process.stdout.write(`${JSON.stringify({ at: 'ready', ...ready, pid: process.pid })}\n`)
}
