/** The newest fills of the whole market. Shown at a pace that can be read. */
import { shallowRef } from 'vue'
import type { ChannelListener } from '../../../gateway/client/index.ts'
import type { ChannelShapes, FillRow } from '../vocabulary.ts'
import { mergeFills } from './fills.ts'
import { FreshnessKeeper } from './freshness.ts'
import { Latest } from './latest.ts'
import type { Pace } from './pace.ts'

export class TapeStore extends FreshnessKeeper implements ChannelListener<'tape'> {
  readonly fills = shallowRef<readonly FillRow[]>([])
  readonly #latest: Latest<'all', readonly FillRow[]>

  constructor(pace: Pace) {
    super()
    this.#latest = new Latest(
      pace,
      (older, more) => mergeFills(older, more),
      (changes) => {
        for (const fills of changes.values()) this.fills.value = mergeFills(this.fills.value, fills)
      },
    )
  }

  onSnapshot(data: ChannelShapes['tape']['snapshot']): void {
    this.#latest.clear()
    this.fills.value = mergeFills([], data.fills)
    this.arrived()
  }

  onDelta(data: ChannelShapes['tape']['delta']): void {
    this.#latest.add('all', data.fills)
  }
}
