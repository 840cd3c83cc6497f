/** A channel that anyone may follow. Its deltas are conflated: however many entries have passed, one
 *  delta carries all that changed since the one before. */
import type { ChannelFrame, Sequence } from '../../schema/index.ts'
import { Ring } from './ring.ts'

/** Where a public channel takes its content from. */
export interface PublicSource {
  /** The sequence of the newest change. */
  readonly changedAt: Sequence
  /** All of it, as of now. */
  snapshot(): unknown
  /** What changed since this was last called. */
  takeDelta(): unknown
}

export class PublicChannel {
  readonly name: string
  readonly epoch: number
  readonly #source: PublicSource
  readonly #ring = new Ring()
  #seq: Sequence
  followers = 0
  /** When the last follower left; 0 while there are any. */
  leftAtMs = 0

  constructor(name: string, epoch: number, source: PublicSource) {
    this.name = name
    this.epoch = epoch
    this.#source = source
    this.#seq = source.changedAt
  }

  get seq(): Sequence {
    return this.#seq
  }

  /** The delta up to now, null when nothing changed. It is kept for those who come back. */
  flush(): ChannelFrame | null {
    const seq = this.#source.changedAt
    if (seq === this.#seq) return null
    const { name: ch, epoch } = this
    const delta = {
      t: 'delta',
      ch,
      epoch,
      seq,
      prev: this.#seq,
      d: this.#source.takeDelta(),
    } as const
    this.#seq = seq
    this.#ring.add(delta)
    return delta
  }

  /** Right after `flush`, so that the next delta's `prev` is this snapshot's `seq`. */
  snapshot(): ChannelFrame {
    const { name: ch, epoch } = this
    return { t: 'snapshot', ch, epoch, seq: this.#seq, prev: this.#seq, d: this.#source.snapshot() }
  }

  /** Every delta after `since`; null: only a snapshot will do. */
  missed(since: number, epoch: number): readonly ChannelFrame[] | null {
    return epoch === this.epoch ? this.#ring.after(since, this.#seq) : null
  }
}
