import type { Reject, RejectCode } from '../../schema/index.ts'

/** The gateway said no. `reject.class` says what to do about it. */
export class RequestRefused extends Error {
  override readonly name = 'RequestRefused'
  readonly reject: Reject

  constructor(reject: Reject) {
    super(`${reject.code}: ${reject.en}${reject.field === undefined ? '' : ` (${reject.field})`}`)
    this.reject = reject
  }

  get code(): RejectCode {
    return this.reject.code
  }
}

/** Whether a refusal says nothing of what became of the same command when it was sent before: it was not looked at, or
 *  only its key was. */
export function isSilentOnBefore({ code, class: kind }: Reject): boolean {
  return (
    kind === 'retry-after' ||
    kind === 're-auth' ||
    kind === 'retry-same-key' ||
    code === 'key-expired'
  )
}

/** No answer came in time, so the outcome is not known: the same key may be sent again at any time,
 *  and `outcome.get` tells what became of it. */
export class RequestUnanswered extends Error {
  override readonly name = 'RequestUnanswered'
}

/** The client was closed, by its owner or because the gateway does not speak its protocol. */
export class ClientClosed extends Error {
  override readonly name = 'ClientClosed'
}
