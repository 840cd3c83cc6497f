/** A load that does not wait: sends are due at fixed times whether or not the others have been answered. */
import { build } from 'hdr-histogram-js'
import type { Histogram } from 'hdr-histogram-js'

export interface Shape {
  readonly perSecond: number
  readonly durationMs: number
  /** Sent before those that count. */
  readonly warmUpMs: number
}

export interface Paced {
  /** What was really sent. */
  readonly perSecond: number
  /** Microseconds. */
  readonly histogram: Histogram
}

/** `perSecond` sends, each timed from when it was due (so a stall counts for every one it delays). Those
 *  that fall due in one turn come from one sender, the next turn's from the next: a bot acts on what it
 *  has just seen. A sender's promise never rejects. */
export async function openLoop(
  senders: readonly (() => Promise<void>)[],
  shape: Shape,
): Promise<Paced> {
  const histogram = build({ lowestDiscernibleValue: 1, highestTrackableValue: 60_000_000 })
  const total = Math.floor(((shape.warmUpMs + shape.durationMs) / 1000) * shape.perSecond)
  const warm = Math.floor((shape.warmUpMs / 1000) * shape.perSecond)
  const startedAt = performance.now()
  let sent = 0
  let answered = 0
  for (let turn = 0; sent < total; turn++) {
    const send = senders[turn % senders.length]
    if (send === undefined) throw new Error('nobody sends')
    const due = Math.min(total, ((performance.now() - startedAt) / 1000) * shape.perSecond)
    for (; sent < due; sent++) {
      const dueAt = startedAt + (sent / shape.perSecond) * 1000
      const isCounted = sent >= warm
      void send().then(() => {
        answered++
        if (isCounted) histogram.recordValue(Math.round((performance.now() - dueAt) * 1000))
      })
    }
    await nextTurn()
  }
  while (answered < total) await nextTurn()
  const seconds = (performance.now() - startedAt) / 1000
  return { perSecond: Math.round(total / seconds), histogram }
}

/** A turn that is late counts against the market; many short turns would cost the two cores more than
 *  the bids do. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 3))
}
