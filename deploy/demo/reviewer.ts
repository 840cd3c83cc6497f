/** An automatic reviewer of the demo market, which its name says to everybody: it approves whatever is full, a few
 *  seconds after it has seen it. Two of them, because a listing needs two; through the public protocol, as people with
 *  that role will. */
import { createNodeClient } from '../../gateway/client/node.ts'
import type { Client } from '../../gateway/client/node.ts'
import type { ListingId, ListingPatch, ListingStatus } from '../../schema/index.ts'
import type { People } from './people.ts'

/** Long enough that who looks sees that a listing waits for its review. */
const LOOKS_FOR_MS = 4_000

export class Reviewer {
  readonly client: Client
  /** What waits for this reviewer, and since when. */
  readonly #waiting = new Map<ListingId, number>()
  readonly #reviews: ListingStatus

  private constructor(client: Client, reviews: ListingStatus) {
    this.client = client
    this.#reviews = reviews
    client.subscribe('market', {
      onSnapshot: ({ listings }) => {
        this.#waiting.clear()
        for (const row of listings) this.#note(row)
      },
      onDelta: ({ listings, removed }) => {
        for (const row of listings) this.#note(row)
        for (const listingId of removed) this.#waiting.delete(listingId)
      },
    })
  }

  /** @param number 1 looks first, 2 at what 1 has approved; the gateway has seen to it that there are both */
  static async enter(
    people: People,
    wsUrl: string,
    password: string,
    number: 1 | 2,
  ): Promise<Reviewer> {
    const credentials = { email: `reviewer-${number}@lendbook.example`, password }
    const enter = () => people.enter(credentials, (http) => http.signIn(credentials))
    const { token } = await enter()
    const client = createNodeClient({ url: wsUrl, token })
    client.listen({
      onSignedOut: () =>
        void enter().then(
          (session) => client.logon(session.token),
          () => client.close(),
        ),
    })
    return new Reviewer(client, number === 1 ? 'full' : 'in-review')
  }

  /** Approves what it has looked at for long enough. */
  async round(nowMs: number): Promise<void> {
    const ready = [...this.#waiting].filter(([, sinceMs]) => nowMs - sinceMs >= LOOKS_FOR_MS)
    for (const [listingId] of ready) this.#waiting.delete(listingId)
    await Promise.allSettled(ready.map(([listingId]) => this.client.approveListing({ listingId })))
  }

  #note({ listingId, status }: ListingPatch): void {
    if (status === undefined) return
    if (status !== this.#reviews) this.#waiting.delete(listingId)
    else if (!this.#waiting.has(listingId)) this.#waiting.set(listingId, Date.now())
  }
}
