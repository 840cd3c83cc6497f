/** The surroundings are not as they must be: a setting, a server, a schema version. Nothing the
 *  process can mend, so `runService` says the message as one line and ends with code 2. The message
 *  is for an operator: what is wrong, then what to do. */
export class SetupFault extends Error {
  override readonly name: string = 'SetupFault'
}

/** The message of whatever was thrown, for a line that a person reads. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return messageOf(error.errors[0])
  return error instanceof Error ? error.message : String(error)
}
