/** A snapshot as it is stored, packed in slices of a millisecond: between two of them the engine answers whoever
 *  waits. None of it is kept: the next slice comes when what came before was taken. */
import { SNAPSHOT_SLICE_MS_MAX, SNAPSHOT_TIME_SHARE_MAX } from '../../schema/limit.ts'
import { pause } from '../host/backoff.ts'
import type { SnapshotCut } from '../index.ts'
import { packSlices } from '../journal/index.ts'

/** So many times as long as it packs it rests. */
const RESTS = 1 / SNAPSHOT_TIME_SHARE_MAX - 1

/** Tells how long each slice took. Once the signal is aborted nobody waits, and it does not rest. */
export async function* packInSlices(
  cut: SnapshotCut,
  signal: AbortSignal,
  onSlice: (sliceMs: number) => void,
): AsyncGenerator<Buffer> {
  const steps = packSlices(cut.chunks())
  for (;;) {
    const startMs = performance.now()
    const whole = takeSlice(steps, startMs + SNAPSHOT_SLICE_MS_MAX)
    const sliceMs = performance.now() - startMs
    onSlice(sliceMs)
    if (whole === null) return
    yield* whole
    await pause(sliceMs * RESTS, signal)
  }
}

/** What is complete after some steps; null when there are no more. */
function takeSlice(steps: Iterator<readonly Buffer[]>, untilMs: number): readonly Buffer[] | null {
  const whole: Buffer[] = []
  do {
    const step = steps.next()
    if (step.done === true) return whole.length === 0 ? null : whole
    whole.push(...step.value)
  } while (performance.now() < untilMs)
  return whole
}
