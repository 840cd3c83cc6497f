/** Who is connected, and whether there is room for more. One network has so many WebSockets, all together have as
 *  many connections as the process may hold files open, less what is kept for its servers and for the door of
 *  whoever runs it. Past that callers are told `busy`, as far as that can be told: for each of those, too, a file is
 *  open, so beyond some hundred of them connections are closed unheard. */
import type { HttpResponse, TemplatedApp } from 'uWebSockets.js'
import { CONNECTIONS_TURNED_AWAY_MAX, reject } from '../../schema/index.ts'
import type { Reject } from '../../schema/index.ts'
import type { RateLimits } from '../admit/rate-limits.ts'

interface Options {
  readonly max: number
  readonly perNetworkMax: number
  readonly limits: RateLimits
}

/** Of a connection that is just made; null: a proxy of ours, which carries many people. */
type FindNetwork = (response: HttpResponse) => string | null

const RETRY_AFTER_MS = 5_000

export class Connections {
  readonly #options: Options
  /** That are no WebSockets. */
  #plain = 0
  #sockets = 0
  readonly #ofNetwork = new Map<string, number>()
  /** Told `busy`, or closed unheard. */
  turnedAway = 0

  constructor(options: Options) {
    this.#options = options
  }

  /** All of them. */
  get count(): number {
    return this.#plain + this.#sockets
  }

  /** uWebSockets tells of each that comes, and of each that goes without having become a WebSocket. */
  watch(app: TemplatedApp, findNetwork: FindNetwork): void {
    app.filter((response, change) => {
      this.#plain += Number(change)
      if (Number(change) > 0 && !this.#isHeard(findNetwork(response))) {
        this.turnedAway++
        response.close()
      }
    })
  }

  /** For anything but a new WebSocket. */
  refusal(): Reject | null {
    return this.count > this.#options.max ? this.#busy() : null
  }

  /** For a new WebSocket. */
  socketRefusal(network: string): Reject | null {
    const held = this.#ofNetwork.get(network) ?? 0
    return held >= this.#options.perNetworkMax ? this.#busy() : this.refusal()
  }

  onOpen(network: string): void {
    this.#plain--
    this.#sockets++
    this.#ofNetwork.set(network, (this.#ofNetwork.get(network) ?? 0) + 1)
  }

  onClose(network: string): void {
    this.#sockets--
    const left = (this.#ofNetwork.get(network) ?? 0) - 1
    if (left > 0) this.#ofNetwork.set(network, left)
    else this.#ofNetwork.delete(network)
  }

  #isHeard(network: string | null): boolean {
    const { max, limits } = this.#options
    if (this.count > max + CONNECTIONS_TURNED_AWAY_MAX) return false
    return network === null || limits.take('connections', network, 1) === 0
  }

  #busy(): Reject {
    this.turnedAway++
    return reject('busy', { retryAfterMs: RETRY_AFTER_MS })
  }
}
