/** The newest deltas of one channel, for those who come back.
 *
 *  Whoever is exactly at the `prev` of a kept delta gets everything after it; whoever is anywhere else, or
 *  would be sent too much at once, gets a snapshot. There is nothing in between, so a resume is never half. */
import { DELTA_ROWS_MAX, DELTAS_KEPT_MAX } from '../../schema/index.ts'
import type { ChannelFrame, Sequence } from '../../schema/index.ts'
import { Newest } from './newest.ts'

interface Kept {
  readonly delta: ChannelFrame
  /** How many rows of a list it carries. */
  readonly rows: number
}

export class Ring {
  readonly #deltas = new Newest<Kept>(DELTAS_KEPT_MAX)

  add(delta: ChannelFrame, rows: number): void {
    this.#deltas.add({ delta, rows })
  }

  /** Every delta after `since`; null when they are not all here, or have more than DELTA_ROWS_MAX rows.
   *  @param now the channel's own `seq` */
  after(since: number, now: Sequence): readonly ChannelFrame[] | null {
    if (since === now) return []
    const kept = this.#deltas.last(DELTAS_KEPT_MAX)
    const first = kept.findIndex(({ delta }) => delta.prev === since)
    if (first < 0) return null
    const missed = kept.slice(first)
    const rows = missed.reduce((sum, one) => sum + one.rows, 0)
    return rows > DELTA_ROWS_MAX ? null : missed.map(({ delta }) => delta)
  }
}
