/** The one connection of the app to the market, and what it says of itself. */
import { ref, shallowRef } from 'vue'
import { createClient } from '../../../gateway/client/index.ts'
import type { Client } from '../../../gateway/client/index.ts'
import { currency } from '../../i18n/index.ts'

/** `gone`: it was there and is not now; it comes back by itself. `ended`: it will not. */
export type Connection = 'connecting' | 'live' | 'gone' | 'ended'

export const connection = ref<Connection>('connecting')
/** When the market was last heard, by this machine's clock. */
export const heardAtMs = ref(Date.now())
/** How far journal, archive and ledger have come. */
export const progress = shallowRef({ sequence: 0, recorded: 0, settled: 0 })
/** What the market's clock is ahead of this machine's. */
let aheadMs = 0

/** Now, by the market's clock: what time left is counted against. */
export function marketNowMs(): number {
  return Date.now() + aheadMs
}

let client: Client | null = null

/** @param token of a kept session, or null */
export function connect(token: string | null, onSignedOut: () => void): Client {
  const url = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/v1/ws`
  client = createClient(token === null ? { url } : { url, token })
  client.listen({
    onHello: (hello) => {
      currency.value = hello.currency
    },
    onHeartbeat: (beat) => {
      heardAtMs.value = Date.now()
      aheadMs = beat.atMs - heardAtMs.value
      const { sequence, recorded, settled } = beat
      progress.value = { sequence, recorded, settled }
    },
    onState: (state) => {
      if (state === 'connected') connection.value = 'live'
      else if (state === 'closed') connection.value = 'ended'
      else if (connection.value === 'live') connection.value = 'gone'
    },
    onSignedOut,
  })
  return client
}

/** The connection made at start. */
export function market(): Client {
  if (client === null) throw new Error('connect() comes first')
  return client
}
