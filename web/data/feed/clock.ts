/** One tick a second for everything that counts down, so that nothing keeps a timer of its own. */
import { shallowRef } from 'vue'
import { marketNowMs } from './connection.ts'

export const nowMs = shallowRef(marketNowMs())

export function startClock(): void {
  const tick = (): void => {
    nowMs.value = marketNowMs()
  }
  setInterval(tick, 1000)
  document.addEventListener('visibilitychange', tick)
}
