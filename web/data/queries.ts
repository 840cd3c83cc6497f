/** What HTTP answers, asked once for all who show it and asked again when it has changed. Pages that need
 *  nothing of it do not load it. */
import { QueryClient } from '@tanstack/vue-query'
import { onScopeDispose, watch } from 'vue'
import type { WatchSource } from 'vue'
import { RequestRefused } from '../../gateway/client/index.ts'
import { session } from './session.ts'

const RETRIES_MAX = 2
/** Answers that nobody shows are kept this long. */
const KEPT_MS = 5 * 60_000

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // What was refused is refused again; what did not come may come.
      retry: (count, error) => !(error instanceof RequestRefused) && count < RETRIES_MAX,
      gcTime: KEPT_MS,
      refetchOnWindowFocus: false,
    },
  },
})

// Nothing of one person is shown to the next.
watch(
  () => session.value?.accountId ?? null,
  // Those that are shown are asked again; cleared, they would wait for ever.
  () => void queryClient.resetQueries(),
)

/** Asks a query again a while after something has changed, once for changes close together. For setup. */
export function askAgainAfter(
  changed: WatchSource<unknown> | WatchSource<unknown>[],
  queryKey: readonly unknown[],
  waitMs: number,
): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  watch(changed, () => {
    clearTimeout(timer)
    timer = setTimeout(() => void queryClient.invalidateQueries({ queryKey }), waitMs)
  })
  onScopeDispose(() => clearTimeout(timer))
}
