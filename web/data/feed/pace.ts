/** When queued changes are shown. A pace is asked once and runs the work once, later. */
export interface Pace {
  soon(run: () => void): void
}

/** With the next frame the browser paints. A hidden tab paints none: what is queued waits, and because
 *  a queue keeps only the newest per key it stays as small as what it describes. */
export const framePace: Pace = { soon: (run) => requestAnimationFrame(run) }

/** At most once in `waitMs`, with a frame: for lists that people read while they move. */
export function calmPace(waitMs: number): Pace {
  return { soon: (run) => setTimeout(() => framePace.soon(run), waitMs) }
}
