/** The newest deltas of one channel, for those who come back.
 *
 *  Whoever is exactly at the `prev` of a kept delta gets everything after it; whoever is anywhere else
 *  gets a snapshot. There is nothing in between, so a resume is never half. */
import { DELTAS_KEPT_MAX } from '../../schema/index.ts'
import type { ChannelFrame, Sequence } from '../../schema/index.ts'
import { Newest } from './newest.ts'

export class Ring {
  readonly #deltas = new Newest<ChannelFrame>(DELTAS_KEPT_MAX)

  add(delta: ChannelFrame): void {
    this.#deltas.add(delta)
  }

  /** Every delta after `since`, or null when they are not all here.
   *  @param now the channel's own `seq` */
  after(since: number, now: Sequence): readonly ChannelFrame[] | null {
    if (since === now) return []
    const kept = this.#deltas.last(DELTAS_KEPT_MAX)
    const first = kept.findIndex((delta) => delta.prev === since)
    return first < 0 ? null : kept.slice(first)
  }
}
