/** One JSON object a line: what happened, never a sentence about it.
 *
 *  Standard error, because standard output carries the ready line. One line when something
 *  happened, none when nothing did; never an amount and a name together. */

export type LogFields = Readonly<Record<string, unknown>> & { readonly at: string }

export interface Log {
  info(fields: LogFields): void
  warn(fields: LogFields): void
  error(fields: LogFields): void
}

export function createLog(service: string): Log {
  const line = (level: string) => (fields: LogFields) => {
    const head = { ts: new Date().toISOString(), level, service, pid: process.pid }
    process.stderr.write(`${JSON.stringify({ ...head, ...fields }, plain)}\n`)
  }
  return { info: line('info'), warn: line('warn'), error: line('error') }
}

/** For code under test that has nothing to say. */
export const SILENT_LOG: Log = { info() {}, warn() {}, error() {} }

/** An error becomes its name, its words and where it came from, causes included. */
function plain(_name: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (!(value instanceof Error)) return value
  const code = 'code' in value ? { code: value.code } : {}
  const cause = value.cause === undefined ? {} : { cause: value.cause }
  return { name: value.name, message: value.message, ...code, stack: value.stack, ...cause }
}
