import type { Reject } from '../schema/index.ts'

/** A refusal on its way through code that awaits; whoever answers the caller turns it into words. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly reject: Reject

  constructor(reject: Reject, options?: ErrorOptions) {
    super(reject.code, options)
    this.reject = reject
  }
}
