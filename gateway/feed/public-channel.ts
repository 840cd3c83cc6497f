/** A channel that anyone may follow. Its deltas are conflated: however many entries have passed, one
 *  delta carries all that changed since the one before. */
import {
  DELTA_ROWS_MAX,
  SNAPSHOT_DELTAS_AFTER_MAX,
  SNAPSHOT_SHARED_MS,
} from '../../schema/index.ts'
import type { ChannelFrame, Sequence } from '../../schema/index.ts'
import type { Follower } from './feed.ts'
import { Ring } from './ring.ts'
import { cutSnapshot, partsOf } from './snapshot.ts'
import type { Snapshot } from './snapshot.ts'

/** Where a public channel takes its content from. */
export interface PublicSource {
  /** The sequence of the newest change. */
  readonly changedAt: Sequence
  /** How many rows its snapshot has, of those that it is cut by. */
  readonly rows: number
  /** All of it, as of now. */
  snapshot(): object
  /** How many rows the next delta has at most, of all its lists. */
  readonly changedRows: number
  /** What changed since this was last called. */
  takeDelta(): unknown
}

export class PublicChannel {
  readonly name: string
  readonly epoch: number
  readonly #source: PublicSource
  #ring = new Ring()
  #seq: Sequence
  /** The newest, which others are sent too: as long as nothing has changed, or for a while when it has rows. */
  #shared: { readonly snapshot: Snapshot; readonly untilMs: number } | null = null
  readonly followers = new Set<Follower>()
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

  /** The delta up to now, null when nothing changed. It is kept for those who come back. `anew`: too much has
   *  changed to be sent at once, and everyone, whoever comes back too, has to be sent a snapshot. */
  flush(): ChannelFrame | 'anew' | null {
    const seq = this.#source.changedAt
    if (seq === this.#seq) return null
    const { name: ch, epoch } = this
    const rows = this.#source.changedRows
    if (rows > DELTA_ROWS_MAX) {
      this.#source.takeDelta()
      this.#seq = seq
      this.#ring = new Ring()
      return 'anew'
    }
    const delta = {
      t: 'delta',
      ch,
      epoch,
      seq,
      prev: this.#seq,
      d: this.#source.takeDelta(),
    } as const
    this.#seq = seq
    this.#ring.add(delta, rows)
    return delta
  }

  /** Right after `flush`. One of many rows is a little older at times, and then every delta since is kept. */
  snapshot(nowMs: number): Snapshot {
    const shared = this.#shared
    if (shared !== null && nowMs < shared.untilMs && this.#isOfUse(shared.snapshot))
      return shared.snapshot
    const snapshot = cutSnapshot(this.name, this.epoch, this.#seq, this.#source.snapshot())
    this.#shared = { snapshot, untilMs: nowMs + SNAPSHOT_SHARED_MS }
    return snapshot
  }

  /** Parts of a snapshot as of now. */
  get parts(): number {
    return partsOf(this.#source.rows)
  }

  /** A snapshot that is not given out any more is kept by those alone who are being sent it. */
  sweep(nowMs: number): void {
    if (this.#shared !== null && nowMs >= this.#shared.untilMs) this.#shared = null
  }

  #isOfUse({ seq, parts }: Snapshot): boolean {
    if (seq === this.#seq) return true
    const since = this.#source.rows === 0 ? null : this.#ring.after(seq, this.#seq)
    return since !== null && (parts.length > 1 || since.length <= SNAPSHOT_DELTAS_AFTER_MAX)
  }

  /** Every delta after `since`; null: only a snapshot will do. */
  missed(since: number, epoch: number): readonly ChannelFrame[] | null {
    return epoch === this.epoch ? this.#ring.after(since, this.#seq) : null
  }
}
