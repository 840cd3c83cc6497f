/** How long entries take from the journal's stamp to the commit of a stage, heard as gateways hear it. */
import { build } from 'hdr-histogram-js'
import type { Histogram } from 'hdr-histogram-js'
import { Client } from 'pg'
import type { AtMs } from '../../schema/index.ts'

type Stage = 'recorded' | 'settled'

export class LagMeter {
  readonly lag: Readonly<Record<Stage, Histogram>> = { recorded: build(), settled: build() }
  readonly #client: Client
  readonly #stamps = new Map<number, AtMs>()
  readonly #reached: Record<Stage, number>

  /** Counts entries after `sequence`. */
  constructor(databaseUrl: string, sequence: number) {
    this.#client = new Client({ connectionString: databaseUrl })
    this.#reached = { recorded: sequence, settled: sequence }
  }

  async start(): Promise<void> {
    this.#client.on('notification', ({ payload = '' }) => {
      const [stage, sequence] = payload.split(':')
      if (stage === 'recorded' || stage === 'settled') this.#hear(stage, Number(sequence))
    })
    await this.#client.connect()
    await this.#client.query('listen watermark')
  }

  /** The stamp of an entry that the stream has told. */
  stamp(sequence: number, atMs: AtMs): void {
    this.#stamps.set(sequence, atMs)
  }

  settled(): number {
    return this.#reached.settled
  }

  async stop(): Promise<void> {
    await this.#client.end()
  }

  #hear(stage: Stage, sequence: number): void {
    const nowMs = Date.now()
    for (let reached = this.#reached[stage] + 1; reached <= sequence; reached++) {
      const atMs = this.#stamps.get(reached)
      if (atMs !== undefined) this.lag[stage].recordValue(Math.max(0, nowMs - atMs))
    }
    this.#reached[stage] = Math.max(this.#reached[stage], sequence)
  }
}
