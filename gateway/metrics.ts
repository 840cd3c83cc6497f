/** What a gateway tells of itself. Hot paths count in plain numbers; nothing here has a label that a
 *  caller could make up. */
import { ACK_STAGES } from '../schema/index.ts'
import type { AckStage } from '../schema/index.ts'
import { SECONDS_BUCKETS } from '../engine/host/index.ts'
import type { Metrics } from '../engine/host/index.ts'
import type { Admission } from './admit/admission.ts'
import { BUCKET_NAMES } from './admit/rate-limits.ts'
import type { RateLimits } from './admit/rate-limits.ts'
import type { Feed } from './feed/feed.ts'
import type { Sockets } from './socket/sockets.ts'

/** Requests by operation and outcome, and how long commands took: counted here, folded into the
 *  registry when it is read. */
export class Counts {
  readonly requests = new Map<string, { ok: number; refused: number }>()
  readonly acks: Readonly<Record<AckStage, AckTimes>> = {
    durable: new AckTimes(),
    recorded: new AckTimes(),
    settled: new AckTimes(),
  }

  onRequest(name: string, outcome: 'ok' | 'refused'): void {
    let counts = this.requests.get(name)
    if (counts === undefined) this.requests.set(name, (counts = { ok: 0, refused: 0 }))
    counts[outcome]++
  }
}

/** A histogram that costs one step through fifteen numbers. */
class AckTimes {
  readonly buckets = new Float64Array(SECONDS_BUCKETS.length + 1)
  sumSeconds = 0

  add(waitMs: number): void {
    const seconds = waitMs / 1000
    let place = 0
    while (place < SECONDS_BUCKETS.length && seconds > (SECONDS_BUCKETS[place] ?? 0)) place++
    this.buckets[place] = (this.buckets[place] ?? 0) + 1
    this.sumSeconds += seconds
  }
}

interface Parts {
  readonly counts: Counts
  readonly admission: Admission
  readonly limits: RateLimits
  readonly feed: Feed
  readonly sockets: Sockets
}

export function watchGateway(metrics: Metrics, parts: Parts): void {
  watchRequests(metrics, parts)
  watchAcks(metrics, parts.counts)
  const { admission, feed, sockets } = parts
  metrics.gauge('lendbook_gateway_connections_count', 'WebSockets open', () => sockets.count)
  metrics.gauge(
    'lendbook_gateway_buffered_bytes',
    'Waiting to be read by clients',
    () => sockets.bufferedBytes,
  )
  metrics.tally(
    'lendbook_gateway_conflated_total',
    'Readers so far behind that public channels were conflated for them',
    () => sockets.conflated,
  )
  metrics.gauge(
    'lendbook_gateway_queued_commands_count',
    'Commands waiting for the next entry',
    () => admission.queued,
  )
  metrics.gauge(
    'lendbook_gateway_waiting_requests_count',
    'Requests whose callers have not heard',
    () => admission.open,
  )
  metrics.gauge(
    'lendbook_gateway_entries_under_way_count',
    'Entries whose events have not been read',
    () => admission.entriesUnderWay,
  )
  metrics.gauge(
    'lendbook_gateway_sequence_position',
    'Sequence of the view',
    () => feed.view.sequence,
  )
  metrics.gauge('lendbook_gateway_channels_count', 'Channels kept open', () => feed.channels)
}

function watchRequests(metrics: Metrics, { counts, limits, feed }: Parts): void {
  const requests = metrics.counter(
    'lendbook_gateway_requests_total',
    'Requests by operation and outcome',
    ['op', 'outcome'],
  )
  const limited = metrics.counter('lendbook_gateway_rate_limited_total', 'Refusals by bucket', [
    'bucket',
  ])
  const resumes = metrics.counter(
    'lendbook_gateway_resumes_total',
    'Channels resumed, or given a snapshot instead',
    ['outcome'],
  )
  collect(requests, () => {
    for (const [op, { ok, refused }] of counts.requests) {
      requests.inc({ op, outcome: 'ok' }, ok)
      requests.inc({ op, outcome: 'refused' }, refused)
    }
  })
  collect(limited, () => {
    for (const bucket of BUCKET_NAMES) limited.inc({ bucket }, limits.limited[bucket])
  })
  collect(resumes, () => {
    resumes.inc({ outcome: 'recovered' }, feed.resumesRecovered)
    resumes.inc({ outcome: 'snapshot' }, feed.resumesFresh)
  })
}

/** prom-client's histogram is observed one by one; these are kept as what Prometheus reads anyway. */
function watchAcks(metrics: Metrics, { acks }: Counts): void {
  const name = 'lendbook_gateway_ack_seconds'
  const help = 'From arrival of a command to its acknowledgement'
  const buckets = metrics.counter(`${name}_bucket`, help, ['stage', 'le'])
  const sum = metrics.counter(`${name}_sum`, help, ['stage'])
  const count = metrics.counter(`${name}_count`, help, ['stage'])
  collect(buckets, () => {
    for (const stage of ACK_STAGES) {
      const times = acks[stage]
      let total = 0
      for (const [place, le] of [...SECONDS_BUCKETS.map(String), '+Inf'].entries()) {
        total += times.buckets[place] ?? 0
        buckets.inc({ stage, le }, total)
      }
    }
  })
  collect(sum, () => {
    for (const stage of ACK_STAGES) sum.inc({ stage }, acks[stage].sumSeconds)
  })
  collect(count, () => {
    for (const stage of ACK_STAGES)
      count.inc(
        { stage },
        acks[stage].buckets.reduce((a, b) => a + b),
      )
  })
}

/** Has a counter say, at each scrape, what was counted elsewhere. */
function collect(counter: ReturnType<Metrics['counter']>, fill: () => void): void {
  const collected = counter as unknown as { collect: () => void }
  collected.collect = () => {
    counter.reset()
    fill()
  }
}
