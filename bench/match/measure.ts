import { build } from 'hdr-histogram-js'
import type { Histogram } from 'hdr-histogram-js'

export interface Run {
  readonly perSecond: number
  readonly percentileNs: (percentile: number) => number
}

const HIGHEST_NS = 10_000_000_000

/** Runs the steps twice from empty books: once without looking at the clock between them, for the
 *  rate; once timing each, for the percentiles. */
export function measure<Step>(steps: readonly Step[], start: () => (step: Step) => void): Run {
  return { perSecond: rate(steps, start()), percentileNs: percentiles(steps, start()) }
}

/** Times each of the steps as they are made, in one run: for steps so long that reading the clock is
 *  nothing, and that should be as fresh in the cache as they are in life. */
export function measureFresh<Step>(steps: Iterable<Step>, step: (step: Step) => void): Run {
  const times = emptyTimes()
  let count = 0
  let sumMs = 0
  for (const one of steps) {
    const begin = performance.now()
    step(one)
    const tookMs = performance.now() - begin
    times.recordValue(Math.round(tookMs * 1e6))
    sumMs += tookMs
    count++
  }
  const percentileNs = (percentile: number) => times.getValueAtPercentile(percentile)
  return { perSecond: (count * 1_000) / sumMs, percentileNs }
}

function rate<Step>(steps: readonly Step[], step: (step: Step) => void): number {
  const begin = performance.now()
  for (const one of steps) step(one)
  return (steps.length * 1_000) / (performance.now() - begin)
}

function percentiles<Step>(
  steps: readonly Step[],
  step: (step: Step) => void,
): Run['percentileNs'] {
  const times = emptyTimes()
  for (const one of steps) {
    const begin = performance.now()
    step(one)
    times.recordValue(Math.max(1, Math.round((performance.now() - begin) * 1e6)))
  }
  return (percentile) => times.getValueAtPercentile(percentile)
}

function emptyTimes(): Histogram {
  return build({ highestTrackableValue: HIGHEST_NS, numberOfSignificantValueDigits: 3 })
}
