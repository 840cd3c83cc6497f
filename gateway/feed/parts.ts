/** The snapshots that one follower is being sent in parts: one part after the other, each when the one
 *  before it has been taken. What happens on such a channel meanwhile follows after its last part. */
import type { ChannelFrame } from '../../schema/index.ts'
import type { Snapshot } from './snapshot.ts'

interface UnderWay<Held> {
  readonly snapshot: Snapshot
  readonly onWhole: () => void
  readonly held: Held[]
  sent: number
}

export class Parts<Held> {
  #queue: UnderWay<Held>[] = []

  get isEmpty(): boolean {
    return this.#queue.length === 0
  }

  /** Takes the place of one of the same channel. `onWhole` is called once all of it was sent. */
  begin(snapshot: Snapshot, onWhole: () => void): void {
    this.cancel(snapshot.ch)
    this.#queue.push({ snapshot, onWhole, held: [], sent: 0 })
  }

  cancel(ch: string): void {
    this.#queue = this.#queue.filter(({ snapshot }) => snapshot.ch !== ch)
  }

  has(ch: string): boolean {
    return this.#queue.some(({ snapshot }) => snapshot.ch === ch)
  }

  /** Keeps what came of a channel that is under way. */
  hold(ch: string, what: Held): void {
    this.#queue.find(({ snapshot }) => snapshot.ch === ch)?.held.push(what)
  }

  /** Sends parts for as long as the follower has taken the one before, and after the last of a channel
   *  what was held of it. */
  pump(isTaken: () => boolean, sendPart: (part: ChannelFrame) => void, send: (held: Held) => void) {
    for (let [first] = this.#queue; first !== undefined && isTaken(); [first] = this.#queue) {
      const part = first.snapshot.parts[first.sent++]
      if (part !== undefined) sendPart(part)
      if (first.sent < first.snapshot.parts.length) continue
      if (this.#queue[0] === first) this.#queue.shift()
      for (const held of first.held) send(held)
      first.onWhole()
    }
  }
}
