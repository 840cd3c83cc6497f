/** What this browser is known by to the gateway: it gets in while others guess at the password. It opens nothing,
 *  so it stays when its owner goes. */
import { remembered } from './remembered.ts'

const BYTES = 16

/** Made up at the first visit, and the same from then on where the browser keeps anything. */
export function device(): string {
  const kept = remembered.read('device')
  if (kept !== null && /^[\da-f]{32}$/.test(kept)) return kept
  const bytes = crypto.getRandomValues(new Uint8Array(BYTES))
  const made = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  remembered.write('device', made)
  return made
}
