import { build } from 'hdr-histogram-js'

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

function rate<Step>(steps: readonly Step[], step: (step: Step) => void): number {
  const begin = performance.now()
  for (const one of steps) step(one)
  return (steps.length * 1_000) / (performance.now() - begin)
}

function percentiles<Step>(
  steps: readonly Step[],
  step: (step: Step) => void,
): Run['percentileNs'] {
  const times = build({ highestTrackableValue: HIGHEST_NS, numberOfSignificantValueDigits: 3 })
  for (const one of steps) {
    const begin = performance.now()
    step(one)
    times.recordValue(Math.max(1, Math.round((performance.now() - begin) * 1e6)))
  }
  return (percentile) => times.getValueAtPercentile(percentile)
}
