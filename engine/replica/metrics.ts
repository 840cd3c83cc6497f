/** What an engine process tells about itself. Counted in plain numbers once a round or less. */
import type { Histogram } from 'prom-client'
import { createMetrics } from '../host/metrics.ts'
import type { Metrics } from '../host/metrics.ts'

export interface ReplicaMetrics {
  readonly all: Metrics
  readonly tally: ReplicaTally
  readonly tickSeconds: Histogram
  readonly commitSeconds: Histogram
  readonly snapshotSeconds: Histogram
  readonly pauseSeconds: Histogram
}

/** Counted on the hot path, read at a scrape. */
export interface ReplicaTally {
  sequence: number
  entries: number
  commands: number
  duplicates: number
  appended: number
  refused: number
  seen: number
  isFirst: boolean
  snapshotBytes: number
  snapshotSequence: number
}

export function createReplicaMetrics(): ReplicaMetrics {
  const all = createMetrics('engine')
  const tally: ReplicaTally = {
    sequence: 0,
    entries: 0,
    commands: 0,
    duplicates: 0,
    appended: 0,
    refused: 0,
    seen: 0,
    isFirst: false,
    snapshotBytes: 0,
    snapshotSequence: 0,
  }
  all.gauge('lendbook_engine_sequence', 'Last entry applied', () => tally.sequence)
  all.gauge('lendbook_engine_first_bool', '1: the others wait for it to speak', () =>
    tally.isFirst ? 1 : 0,
  )
  all.tally('lendbook_engine_entries_total', 'Entries applied', () => tally.entries)
  all.tally('lendbook_engine_commands_total', 'Commands applied', () => tally.commands)
  all.tally('lendbook_engine_duplicates_total', 'Entries sent twice', () => tally.duplicates)
  all.tally('lendbook_engine_appended_total', 'Entries it answered', () => tally.appended)
  all.tally('lendbook_engine_refused_total', 'Entries others had answered', () => tally.refused)
  all.tally('lendbook_engine_seen_total', 'Entries not even tried', () => tally.seen)
  all.gauge('lendbook_snapshot_size_bytes', 'Last one saved', () => tally.snapshotBytes)
  all.gauge('lendbook_snapshot_sequence', 'Last one saved', () => tally.snapshotSequence)
  return {
    all,
    tally,
    tickSeconds: all.histogram('lendbook_engine_tick_seconds', 'Applying one round of entries'),
    commitSeconds: all.histogram(
      'lendbook_journal_commit_seconds',
      'Until the answers to a round are on disk',
    ),
    snapshotSeconds: all.histogram('lendbook_snapshot_save_seconds', 'Saving a snapshot'),
    pauseSeconds: all.histogram(
      'lendbook_snapshot_pause_seconds',
      'Time that callers waited for a snapshot to be taken',
    ),
  }
}
