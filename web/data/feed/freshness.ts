import { shallowRef } from 'vue'
import type { ShallowRef } from 'vue'

/** `loading`: nothing to show yet. `stale`: what is shown is as of the last word. */
export type Freshness = 'loading' | 'live' | 'stale' | 'refused'

/** The part of a channel's listener that is the same for all: how true the picture is. */
export class FreshnessKeeper {
  readonly freshness: ShallowRef<Freshness> = shallowRef<Freshness>('loading')
  /** Why the gateway will not serve the channel. */
  readonly refusal: ShallowRef<string | null> = shallowRef<string | null>(null)

  onFresh(): void {
    if (this.freshness.value === 'stale') this.freshness.value = 'live'
  }

  onStale(): void {
    if (this.freshness.value === 'live') this.freshness.value = 'stale'
  }

  onRefused(code: string): void {
    this.refusal.value = code
    this.freshness.value = 'refused'
  }

  protected arrived(): void {
    this.freshness.value = 'live'
  }
}
