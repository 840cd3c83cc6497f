/** How settlement is doing, in plain numbers, shown at /metrics and /readyz. */
import type { Metrics } from '../../engine/host/index.ts'
import { entryAtMs } from '../../schema/entry.ts'
import { TRIM_BEHIND_ENTRIES_MAX } from '../../schema/limit.ts'
import type { Batch } from './batch.ts'
import type { Stage } from './cursor.ts'
import type { RecordedEntry } from './recorded-entry.ts'

const ENTRIES_BUCKETS = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000]

export class Gauge {
  recordedSequence = 0
  settledSequence = 0
  isActive = false
  outboxOpen = 0
  hasDigestMismatch = false
  /** Entries that the journal still has, and those of them that nobody needs any more. */
  journalEntries = 0
  trimBehindEntries = 0
  readonly #lagSeconds = { recorded: 0, settled: 0 }
  #transfers = 0
  readonly #commitSeconds
  readonly #batchEntries

  constructor(metrics: Metrics) {
    const gauges: readonly (readonly [string, string, () => number])[] = [
      ['recorded_sequence', 'Last entry written ahead', () => this.recordedSequence],
      ['settled_sequence', 'Last entry posted', () => this.settledSequence],
      ['recorded_lag_seconds', 'Journal to record, last batch', () => this.#lagSeconds.recorded],
      ['settled_lag_seconds', 'Journal to ledger, last batch', () => this.#lagSeconds.settled],
      ['active_state', '1 while this settler holds the lease', () => Number(this.isActive)],
      ['outbox_open_rows', 'Jobs not done yet', () => this.outboxOpen],
      ['digest_mismatch', '1 once ledger and engine differ', () => Number(this.hasDigestMismatch)],
      ['journal_entries', 'Recorded entries still in the journal', () => this.journalEntries],
      [
        'trim_behind_entries',
        'Of them those before the point up to which they could go',
        () => this.trimBehindEntries,
      ],
    ]
    for (const [name, help, read] of gauges)
      metrics.gauge(`lendbook_settlement_${name}`, help, read)
    metrics.tally('lendbook_settlement_transfers_total', 'Transfers posted', () => this.#transfers)
    this.#commitSeconds = metrics.histogram(
      'lendbook_settlement_commit_seconds',
      'Time to write a batch',
      ['stage'],
    )
    this.#batchEntries = metrics.histogram(
      'lendbook_settlement_batch_entries',
      'Entries in a batch',
      ['stage'],
      ENTRIES_BUCKETS,
    )
  }

  /** Why the journal is not as it should be; empty when it is. */
  readiness(): readonly string[] {
    if (this.trimBehindEntries <= TRIM_BEHIND_ENTRIES_MAX) return []
    return [
      `trimming is behind: the journal keeps ${this.trimBehindEntries} entries from before its older snapshot`,
    ]
  }

  /** Another settler works now: what this one knew of the journal is of no account. */
  endTerm(): void {
    this.isActive = false
    this.journalEntries = 0
    this.trimBehindEntries = 0
  }

  noteRecorded(entries: readonly RecordedEntry[], tookMs: number): void {
    this.recordedSequence = this.#note('recorded', entries, tookMs)
  }

  noteSettled({ entries, transfers }: Batch, tookMs: number): void {
    this.settledSequence = this.#note('settled', entries, tookMs)
    this.#transfers += transfers.count
  }

  /** From the stamp of the batch's first entry, the one that waited longest. */
  #note(stage: Stage, entries: readonly RecordedEntry[], tookMs: number): number {
    this.#commitSeconds.observe({ stage }, tookMs / 1000)
    this.#batchEntries.observe({ stage }, entries.length)
    const [first] = entries
    if (first !== undefined)
      this.#lagSeconds[stage] = Math.max(0, Date.now() - entryAtMs(first.id)) / 1000
    return entries.at(-1)?.sequence ?? 0
  }
}
