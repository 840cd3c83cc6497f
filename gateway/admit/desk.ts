/** Where a command is asked for, by WebSocket or HTTP: who are you, is it well-formed, how often, is
 *  there room. What passes is on its way to the journal; everything else is refused with its code. */
import { isPermitted, OPERATIONS, reject } from '../../schema/index.ts'
import type { AckStage, AccountId, LimitState, Reject, Role } from '../../schema/index.ts'
import type { Admission } from './admission.ts'
import { Admitted } from './admitted.ts'
import type { Asker } from './admitted.ts'
import { COMMAND_FORMS, countCancels } from './commands.ts'
import type { CommandOperation } from './commands.ts'
import type { BucketName, RateLimits } from './rate-limits.ts'

/** Who asks. */
export interface Caller {
  readonly accountId: AccountId
  readonly roles: readonly Role[]
}

export interface CommandRequest {
  readonly op: CommandOperation
  readonly params: unknown
  readonly ack: AckStage
  readonly caller: Caller | null
  readonly asker: Asker
  /** The asker's own number for it. */
  readonly id: number
}

export class Desk {
  readonly #admission: Admission
  readonly #limits: RateLimits
  readonly #now: () => number
  /** Once set, nothing new is taken in. */
  isDraining = false

  /** @param now the clock that the admission and the limits count by too */
  constructor(admission: Admission, limits: RateLimits, now: () => number) {
    this.#admission = admission
    this.#limits = limits
    this.#now = now
  }

  /** @returns null when it is on its way: the asker will be told */
  submit({ op, params, ack, caller, asker, id }: CommandRequest): Reject | null {
    if (caller === null) return reject('not-logged-on')
    if (!isPermitted(OPERATIONS[op].permission, caller.roles)) return reject('permission-missing')
    if (this.isDraining) return reject('draining', { retryAfterMs: 500 })
    const form = COMMAND_FORMS[op]
    const asked = form.read(params)
    if (isReject(asked)) return this.#pay(form.bucket, caller, 1) ?? asked
    const commands = form.commands(asked as never, caller.accountId)
    const limited = this.#payFor(op, commands, caller)
    if (limited !== null) return limited
    const isBatch = op === 'bid.batch'
    return this.#admission.admit(
      new Admitted(asker, id, isBatch, ack, commands, this.#now(), op, caller.accountId),
    )
  }

  /** What is left of the bucket that paid for `op`. */
  limitState(op: CommandOperation, accountId: AccountId): LimitState {
    return this.#limits.bucket(COMMAND_FORMS[op].bucket, accountId).state(this.#now())
  }

  #payFor(op: CommandOperation, commands: Admitted['commands'], caller: Caller): Reject | null {
    if (op !== 'bid.batch') return this.#pay(COMMAND_FORMS[op].bucket, caller, 1)
    const cancels = countCancels(commands)
    const bids = commands.length - cancels
    const limited = bids === 0 ? null : this.#pay('bids', caller, bids)
    if (limited !== null || cancels === 0) return limited
    const cancelsLimited = this.#pay('cancels', caller, cancels)
    if (cancelsLimited !== null && bids > 0)
      this.#limits.bucket('bids', caller.accountId).giveBack(bids)
    return cancelsLimited
  }

  #pay(bucket: BucketName, caller: Caller, count: number): Reject | null {
    const retryAfterMs = this.#limits.take(bucket, caller.accountId, count)
    return retryAfterMs === 0 ? null : reject('rate-limited', { retryAfterMs })
  }
}

export function isReject(value: object): value is Reject {
  return 'code' in value && 'class' in value
}
