/** What one subject measured. The first row of `table` is its header. */
export interface BenchResult {
  readonly subject: string
  /** The figures for programs; `subject` is put in front of them. */
  readonly json: Readonly<Record<string, unknown>>
  readonly table: readonly (readonly string[])[]
  /** What a reader must know to believe the figures: load, repetitions, what the peer is. */
  readonly notes: readonly string[]
}

/** The middle value; the mean of the two middle ones for an even count. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}
