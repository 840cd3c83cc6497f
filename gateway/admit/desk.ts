/** Where a command is asked for, by WebSocket or HTTP: who are you, is it well-formed, how often, is
 *  there room. What passes is on its way to the journal; everything else is refused with its code. */
import { OPERATIONS, reject, SCHEMA_VERSION } from '../../schema/index.ts'
import type {
  AckStage,
  AccountId,
  BucketName,
  Command,
  CommandOperation,
  LimitState,
  Reject,
  Role,
} from '../../schema/index.ts'
import { isSayable } from '../../engine/journal/index.ts'
import { accessRefusal } from './access.ts'
import type { Admission } from './admission.ts'
import { Admitted } from './admitted.ts'
import type { Asker } from './admitted.ts'
import { BUCKET_OF, OPERATION_FORMS } from './forms.ts'
import { Refusal } from '../refusal.ts'
import type { RateLimits } from './rate-limits.ts'

/** A rollout takes minutes, so there is no hurry in asking again. */
const ROLLOUT_RETRY_MS = 30_000

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

/** Who exists, as far as the desk has to know. */
export interface OwnerLookup {
  isKnown(accountId: AccountId): boolean
  /** @throws {Refusal} records-unavailable */
  exists(accountId: AccountId): Promise<boolean>
}

const ANYBODY: OwnerLookup = { isKnown: () => true, exists: () => Promise.resolve(true) }

export class Desk {
  readonly #admission: Admission
  readonly #limits: RateLimits
  readonly #now: () => number
  readonly #schemaWritten: number
  readonly #accounts: OwnerLookup
  /** Once set, nothing new is taken in. */
  isDraining = false

  /** @param now the clock that the admission and the limits count by too
   *  @param schemaWritten the version of the schema that commands are written by
   *  @param accounts who exists: what is asked for another account is asked for one of them */
  constructor(
    admission: Admission,
    limits: RateLimits,
    now: () => number,
    schemaWritten: number = SCHEMA_VERSION,
    accounts: OwnerLookup = ANYBODY,
  ) {
    this.#admission = admission
    this.#limits = limits
    this.#now = now
    this.#schemaWritten = schemaWritten
    this.#accounts = accounts
  }

  /** @returns null when it is on its way: the asker will be told */
  submit({ op, params, ack, caller, asker, id }: CommandRequest): Reject | null {
    const { access } = OPERATIONS[op]
    if (caller === null) return reject('not-logged-on')
    const refusal = accessRefusal(access, caller)
    if (refusal !== null) return refusal
    if (this.isDraining) return DRAINING
    const form = OPERATION_FORMS[op]
    const commands = form.read(params, caller.accountId)
    if (isReject(commands)) return this.#pay(form.bucket, caller, 1) ?? commands
    if (!this.#areSayable(commands)) return this.#pay(form.bucket, caller, 1) ?? ROLLOUT
    const limited = this.#payFor(op, commands, caller)
    if (limited !== null) return limited
    const { accountId } = caller
    const { isBatch } = form
    const request = new Admitted(asker, id, isBatch, ack, commands, this.#now(), op, accountId)
    const owner = commands[0]?.accountId ?? accountId
    if (owner === accountId || this.#accounts.isKnown(owner)) return this.#admission.admit(request)
    void this.#admitFor(owner, request)
    return null
  }

  /** Hands in what is asked for another account, once there is found to be such a one. */
  async #admitFor(owner: AccountId, request: Admitted): Promise<void> {
    const refusal = await this.#ownerRefusal(owner, request.op)
    const why = refusal ?? (this.isDraining ? DRAINING : this.#admission.admit(request))
    if (why !== null) request.asker.onFailed(request, why)
  }

  async #ownerRefusal(owner: AccountId, op: CommandOperation): Promise<Reject | null> {
    try {
      if (await this.#accounts.exists(owner)) return null
      return reject('account-unknown', { field: ownerFieldOf(op) })
    } catch (error) {
      if (error instanceof Refusal) return error.reject
      return reject('records-unavailable', { retryAfterMs: 1_000 })
    }
  }

  /** What is left of the bucket that paid for `op`. */
  limitState(op: CommandOperation, accountId: AccountId): LimitState {
    return this.#limits.bucket(OPERATION_FORMS[op].bucket, accountId).state(this.#now())
  }

  /** While a rollout is under way the roles of the version before could not read what is new. */
  #areSayable(commands: readonly Command[]): boolean {
    const version = this.#schemaWritten
    return version >= SCHEMA_VERSION || commands.every((command) => isSayable(command, version))
  }

  /** A batch pays for each of its commands from what a command of that kind counts as, or not at all. */
  #payFor(op: CommandOperation, commands: readonly Command[], caller: Caller): Reject | null {
    const { isBatch, bucket } = OPERATION_FORMS[op]
    if (!isBatch) return this.#pay(bucket, caller, 1)
    const counts = countByBucket(commands)
    for (const [place, [name, count]] of counts.entries()) {
      const limited = this.#pay(name, caller, count)
      if (limited === null) continue
      for (const [paid, back] of counts.slice(0, place))
        this.#limits.bucket(paid, caller.accountId).giveBack(back)
      return limited
    }
    return null
  }

  #pay(bucket: BucketName, caller: Caller, count: number): Reject | null {
    const retryAfterMs = this.#limits.take(bucket, caller.accountId, count)
    return retryAfterMs === 0 ? null : reject('rate-limited', { retryAfterMs })
  }
}

const DRAINING = reject('draining', { retryAfterMs: 500 })
const ROLLOUT = reject('rollout-under-way', { retryAfterMs: ROLLOUT_RETRY_MS })

/** The parameter that says whose command it is. */
function ownerFieldOf(op: CommandOperation): string {
  const declared = OPERATIONS[op]
  return ('owner' in declared ? declared.owner : null) ?? 'accountId'
}

/** Runs of one kind are the usual thing, so its bucket is looked up once a run. */
function countByBucket(commands: readonly Command[]): readonly (readonly [BucketName, number])[] {
  const counts = new Map<BucketName, number>()
  const note = (kind: Command['kind'] | null, count: number): void => {
    if (kind !== null) counts.set(BUCKET_OF[kind], (counts.get(BUCKET_OF[kind]) ?? 0) + count)
  }
  let run: Command['kind'] | null = null
  let count = 0
  for (const { kind } of commands) {
    if (kind !== run) {
      note(run, count)
      run = kind
      count = 0
    }
    count++
  }
  note(run, count)
  return [...counts]
}

export function isReject(value: object): value is Reject {
  return 'code' in value && 'class' in value
}
