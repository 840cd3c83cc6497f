/** Metrics of one process: a registry, and the only way to make a metric in it.
 *
 *  Names are lendbook_<part>_<thing>_<unit>; labels are few and bounded, never an account or a
 *  listing (a scrape of 2 MB blocks the event loop for 150 ms). Hot paths count in plain numbers and
 *  let `collect` fold them in; a histogram is observed once a round, never once a bid. */
import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { assert } from '../../schema/unit.ts'

/** From a tenth of a millisecond, where a commit starts, to the seconds where an outage does. */
export const SECONDS_BUCKETS = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10,
]

export interface Metrics {
  readonly registry: Registry
  /** Counts up; the name ends in `_total`. */
  counter(name: string, help: string, labels?: readonly string[]): Counter
  /** With `read`, the value is asked for at each scrape. */
  gauge(name: string, help: string, read?: () => number): Gauge
  labelledGauge(name: string, help: string, labels: readonly string[]): Gauge
  /** A counter that lives as a plain number on the hot path and is read at each scrape. */
  tally(name: string, help: string, read: () => number): void
  /** Durations in seconds, unless other buckets are given. */
  histogram(
    name: string,
    help: string,
    labels?: readonly string[],
    buckets?: readonly number[],
  ): Histogram
}

export function createMetrics(service: string): Metrics {
  const registry = new Registry()
  registry.setDefaultLabels({ service })
  const registers = [registry]
  const metrics: Metrics = {
    registry,
    counter: (name, help, labels = []) =>
      new Counter({ name: named(name), help, labelNames: [...labels], registers }),
    gauge: (name, help, read) =>
      new Gauge({
        name: named(name),
        help,
        registers,
        ...(read && {
          collect() {
            this.set(read())
          },
        }),
      }),
    labelledGauge: (name, help, labels) =>
      new Gauge({ name: named(name), help, labelNames: [...labels], registers }),
    tally: (name, help, read) =>
      void new Counter({
        name: named(name),
        help,
        registers,
        collect() {
          this.reset()
          this.inc(read())
        },
      }),
    histogram: (name, help, labels = [], buckets = SECONDS_BUCKETS) =>
      new Histogram({
        name: named(name),
        help,
        labelNames: [...labels],
        buckets: [...buckets],
        registers,
      }),
  }
  watchProcess(metrics)
  return metrics
}

function named(name: string): string {
  assert(/^lendbook(_[a-z0-9]+){2,}$/.test(name), `${name} is not lendbook_<part>_<thing>_<unit>`)
  return name
}

/** What tells a busy or a sick process. prom-client's own event loop lag measures up to the scrape
 *  itself (client_js#561), hence utilisation and a sampled delay. */
function watchProcess(metrics: Metrics): void {
  let last = performance.eventLoopUtilization()
  metrics.gauge(
    'lendbook_process_event_loop_utilization_ratio',
    'Share of time the event loop was busy since the last scrape',
    () => {
      const now = performance.eventLoopUtilization()
      const { utilization } = performance.eventLoopUtilization(now, last)
      last = now
      return utilization
    },
  )
  const delay = monitorEventLoopDelay({ resolution: 20 })
  delay.enable()
  metrics.gauge(
    'lendbook_process_event_loop_delay_p99_seconds',
    'Delay of the event loop since the last scrape, 99th percentile',
    () => {
      const seconds = delay.percentile(99) / 1e9
      delay.reset()
      return seconds
    },
  )
  const cpuSeconds = () => {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1e6
  }
  metrics.tally('lendbook_process_cpu_seconds_total', 'CPU time, user and system', cpuSeconds)
  const resident = () => process.memoryUsage.rss()
  metrics.gauge('lendbook_process_resident_memory_bytes', 'Resident memory', resident)
  const heap = () => process.memoryUsage().heapUsed
  metrics.gauge('lendbook_process_heap_used_bytes', 'JavaScript heap in use', heap)
  const startedSeconds = Math.round(performance.timeOrigin) / 1e3
  metrics.gauge('lendbook_process_start_time_seconds', 'Since 1970', () => startedSeconds)
}
