/** Who is next to have a password hashed. Hashing is the dearest thing that a stranger can ask for, so only a few
 *  are under way at once and the rest wait, by the network they come from: each network in its turn, so that
 *  somebody elsewhere is served after one of each, however many wait at one. When all places are taken, who
 *  comes from a network with fewer takes the place of the last one of the network with most. */
import {
  PASSWORDS_IN_FLIGHT_MAX,
  PASSWORDS_WAITING_MAX,
  PASSWORDS_WAITING_PER_NETWORK_MAX,
  reject,
} from '../../schema/index.ts'
import { Refusal } from '../refusal.ts'

interface Place {
  begin(): void
  refuse(why: Refusal): void
}

export class PasswordQueue {
  /** In the order of their turns; none is empty. */
  readonly #networks = new Map<string, Place[]>()
  #inFlight = 0
  #waiting = 0

  get waiting(): number {
    return this.#waiting
  }

  /** Does `work` when it is the network's turn. @throws {Refusal} busy */
  async run<T>(network: string, work: () => Promise<T>): Promise<T> {
    if (this.#inFlight >= PASSWORDS_IN_FLIGHT_MAX) await this.#wait(network)
    else this.#inFlight++
    try {
      return await work()
    } finally {
      this.#next()
    }
  }

  #wait(network: string): Promise<void> {
    const places = this.#networks.get(network) ?? []
    if (places.length >= PASSWORDS_WAITING_PER_NETWORK_MAX) throw crowded()
    if (this.#waiting >= PASSWORDS_WAITING_MAX) this.#makeRoom(places.length)
    return new Promise((begin, refuse) => {
      this.#waiting++
      places.push({ begin, refuse })
      this.#networks.set(network, places)
    })
  }

  /** @throws {Refusal} busy, when no network has more than this one will have */
  #makeRoom(ours: number): void {
    let most: Place[] = []
    for (const places of this.#networks.values()) if (places.length > most.length) most = places
    if (most.length <= ours + 1) throw crowded()
    this.#waiting--
    most.pop()?.refuse(crowded())
  }

  /** One is done: the place goes to the network whose turn it is, which then is last. */
  #next(): void {
    const turn = this.#networks.entries().next()
    if (turn.done === true) {
      this.#inFlight--
      return
    }
    const [network, places] = turn.value
    const place = places.shift()
    this.#waiting--
    this.#networks.delete(network)
    if (places.length > 0) this.#networks.set(network, places)
    place?.begin()
  }
}

const CROWD_RETRY_MS = 500

function crowded(): Refusal {
  return new Refusal(reject('busy', { retryAfterMs: CROWD_RETRY_MS }))
}
