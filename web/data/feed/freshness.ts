import { shallowRef } from 'vue'
import type { ShallowRef } from 'vue'

/** `loading`: nothing to show yet. `stale`: what is shown is as of the last word. */
export type Freshness = 'loading' | 'live' | 'stale' | 'refused'

/** The part of a channel's listener that is the same for all: how true the picture is. */
export class FreshnessKeeper {
  readonly freshness: ShallowRef<Freshness> = shallowRef<Freshness>('loading')

  onFresh(): void {
    if (this.freshness.value === 'stale') this.freshness.value = 'live'
  }

  onStale(): void {
    if (this.freshness.value === 'live') this.freshness.value = 'stale'
  }

  onRefused(): void {
    this.freshness.value = 'refused'
  }

  /** Nothing is known any more: it is followed anew, or for somebody else. */
  reset(): void {
    this.freshness.value = 'loading'
  }

  protected arrived(): void {
    this.freshness.value = 'live'
  }
}
