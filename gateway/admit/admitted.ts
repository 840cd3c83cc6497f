/** One admitted request on its way: one command or a batch of them. */
import type {
  AccountId,
  AckStage,
  Answer,
  AtMs,
  Command,
  CommandOperation,
  Event,
  Reject,
  Repeated,
  Sequence,
} from '../../schema/index.ts'

/** Whoever asked. Told once for each request, by one of the two. */
export interface Asker {
  onAnswered(request: Admitted): void
  onFailed(request: Admitted, why: Reject): void
}

export class Admitted {
  readonly asker: Asker
  /** The asker's own number for it. */
  readonly id: number
  readonly isBatch: boolean
  readonly ack: AckStage
  readonly commands: readonly Command[]
  readonly arrivedAtMs: number
  readonly op: CommandOperation
  /** Who asked. */
  readonly accountId: AccountId
  /** For each command its answer, in order. */
  readonly answers: (Answer | Repeated)[] = []
  /** Of the entry that held the last command. */
  sequence = 0 as Sequence
  atMs = 0 as AtMs
  /** The stage that was reached when it was answered. */
  stage: AckStage = 'durable'
  /** The asker has heard; what comes later is of no interest. */
  isTold = false

  constructor(
    asker: Asker,
    id: number,
    isBatch: boolean,
    ack: AckStage,
    commands: readonly Command[],
    arrivedAtMs: number,
    op: CommandOperation,
    accountId: AccountId,
  ) {
    this.asker = asker
    this.id = id
    this.isBatch = isBatch
    this.ack = ack
    this.commands = commands
    this.arrivedAtMs = arrivedAtMs
    this.op = op
    this.accountId = accountId
  }

  get isWhole(): boolean {
    return this.answers.length === this.commands.length
  }

  /** Takes the first of a command's events, which is its answer. */
  take(events: readonly Event[]): void {
    this.answers.push(events[0] as Answer | Repeated)
  }
}
