/** What a gateway tells of itself. Hot paths count in plain numbers; nothing here has a label that a
 *  caller could make up. */
import { BUCKET_NAMES } from '../schema/index.ts'
import type { AckStage } from '../schema/index.ts'
import type { Metrics } from '../engine/host/index.ts'
import type { Admission } from './admit/admission.ts'
import type { RateLimits } from './admit/rate-limits.ts'
import type { Feed } from './feed/feed.ts'
import type { Connections } from './http/connections.ts'
import type { Sockets } from './socket/sockets.ts'

/** Requests by operation and outcome: counted here, folded into the registry when it is read. */
export class Counts {
  readonly requests = new Map<string, { ok: number; refused: number }>()
  onRequest(name: string, outcome: 'ok' | 'refused'): void {
    let counts = this.requests.get(name)
    if (counts === undefined) this.requests.set(name, (counts = { ok: 0, refused: 0 }))
    counts[outcome]++
  }
}

interface Parts {
  readonly counts: Counts
  readonly admission: Admission
  readonly limits: RateLimits
  readonly feed: Feed
  readonly sockets: Sockets
  readonly connections: Connections
}

export function watchGateway(metrics: Metrics, parts: Parts): void {
  watchRequests(metrics, parts)
  const { admission, connections, feed, sockets } = parts
  metrics.gauge('lendbook_gateway_connections_count', 'WebSockets open', () => sockets.count)
  metrics.gauge(
    'lendbook_gateway_descriptors_count',
    'Connections open, WebSockets or not: each is an open file',
    () => connections.count,
  )
  metrics.tally(
    'lendbook_gateway_turned_away_total',
    'Connections that there was no room for',
    () => connections.turnedAway,
  )
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
    'lendbook_gateway_unanswered_commands_count',
    'Commands taken in whose answers have not been read',
    () => admission.unanswered,
  )
  metrics.gauge(
    'lendbook_gateway_unanswered_entries_count',
    'Entries of the journal that no engine has answered, whoever wrote them',
    () => admission.ahead,
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

/** Has a counter say, at each scrape, what was counted elsewhere. */
function collect(counter: ReturnType<Metrics['counter']>, fill: () => void): void {
  const collected = counter as unknown as { collect: () => void }
  collected.collect = () => {
    counter.reset()
    fill()
  }
}

/** From the arrival of a request to its acknowledgement; once a request, however many commands. */
export function watchAcks(metrics: Metrics): (stage: AckStage, waitMs: number) => void {
  const seconds = metrics.histogram(
    'lendbook_gateway_ack_seconds',
    'From arrival of a command to its acknowledgement',
    ['stage'],
  )
  const stages = {
    durable: seconds.labels('durable'),
    recorded: seconds.labels('recorded'),
    settled: seconds.labels('settled'),
  }
  return (stage, waitMs) => stages[stage].observe(waitMs / 1000)
}
