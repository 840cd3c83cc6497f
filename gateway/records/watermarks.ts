/** How far the record and the ledger have come, and which sessions have ended: told by Postgres NOTIFY,
 *  and asked for at each connect and every few seconds, so that a lost message costs seconds at most. */
import { Client } from 'pg'
import { sequence } from '../../schema/index.ts'
import type { MarketIdentity, Sequence } from '../../schema/index.ts'
import { backOff, messageOf, SetupFault } from '../../engine/host/index.ts'
import type { Log } from '../../engine/host/index.ts'
import { assertIsRecordOf } from '../../engine/journal/index.ts'
import { SESSION_ENDED } from '../person/records.ts'

export const STAGES = ['recorded', 'settled'] as const
export type Stage = (typeof STAGES)[number]

/** settlement's NOTIFY channel; payload `recorded:17` or `settled:17`. */
const WATERMARK = 'watermark'
const ASK_EVERY_MS = 3_000

interface Listening {
  readonly url: string
  /** Whose watermarks: those of another record say nothing of this journal. */
  readonly identity: MarketIdentity
  readonly log: Log
  readonly signal: AbortSignal
  readonly onWatermark: (stage: Stage, sequence: Sequence) => void
  readonly onSessionEnded: (tokenHash: string) => void
  /** A session may have ended unheard. */
  readonly onGap: () => void
}

/** Somebody who waits for the ledger. */
interface Waiter {
  readonly sequence: Sequence
  readonly tell: (isReached: boolean) => void
}

export class Watermarks {
  readonly #listening: Listening
  #reason: string | null = 'records: not connected yet'
  /** Bounded by how often people may ask, and by how long each waits. */
  readonly #waiting = new Set<Waiter>()
  readonly #reached: Record<Stage, Sequence> = { recorded: sequence(0), settled: sequence(0) }

  constructor(listening: Listening) {
    this.#listening = listening
  }

  /** Resolves with true once the ledger has come to `sequence`, with false when that takes longer. */
  untilSettled(sequence: Sequence, waitMsMax: number): Promise<boolean> {
    if (this.settled >= sequence) return Promise.resolve(true)
    return new Promise((resolve) => {
      const tell = (isReached: boolean): void => {
        clearTimeout(timer)
        this.#waiting.delete(waiter)
        resolve(isReached)
      }
      const waiter = { sequence, tell }
      const timer = setTimeout(() => tell(false), waitMsMax)
      this.#waiting.add(waiter)
    })
  }

  get recorded(): Sequence {
    return this.#reached.recorded
  }

  get settled(): Sequence {
    return this.#reached.settled
  }

  readiness(): readonly string[] {
    return this.#reason === null ? [] : [this.#reason]
  }

  /** Resolves when the signal is aborted; connects again for as long as it takes. Throws JournalForeign
   *  when another market's database answers. */
  async run(): Promise<void> {
    const { signal, log } = this.#listening
    for (let attempt = 1; !signal.aborted; attempt++) {
      try {
        await this.#listen(() => {
          attempt = 1
        })
      } catch (error) {
        if (error instanceof SetupFault) throw error
        if (this.#reason === null) log.warn({ at: 'watermarks-lost', reason: messageOf(error) })
        this.#reason = `records: ${messageOf(error)}`
      }
      await backOff(attempt, signal)
    }
  }

  async #listen(onConnected: () => void): Promise<void> {
    const { url, signal, onGap } = this.#listening
    const client = new Client({
      connectionString: url,
      connectionTimeoutMillis: 5_000,
      query_timeout: 5_000,
      keepAlive: true,
    })
    const ended = new Promise<Error>((resolve) => {
      client.on('error', resolve)
      client.on('end', () => resolve(new Error('the connection ended')))
      signal.addEventListener('abort', () => resolve(new Error('stopping')), { once: true })
    })
    client.on('notification', ({ channel, payload = '' }) => this.#onNotification(channel, payload))
    try {
      await client.connect()
      await this.#assertIdentity(client)
      await client.query(`listen ${WATERMARK}; listen ${SESSION_ENDED}`)
      onGap()
      await this.#ask(client)
      this.#reason = null
      onConnected()
      await this.#askAgainAndAgain(client, ended)
    } finally {
      client.end().catch(() => undefined)
    }
  }

  async #assertIdentity(client: Client): Promise<void> {
    const { rows } = await client.query<{ identity: MarketIdentity }>(
      'select identity from market_identity',
    )
    assertIsRecordOf(rows[0]?.identity, this.#listening.identity)
  }

  async #askAgainAndAgain(client: Client, ended: Promise<Error>): Promise<void> {
    for (;;) {
      let timer: NodeJS.Timeout | undefined
      const pause = new Promise<null>((resolve) => {
        timer = setTimeout(() => resolve(null), ASK_EVERY_MS)
      })
      const error = await Promise.race([ended, pause])
      clearTimeout(timer)
      if (error !== null) throw error
      await this.#ask(client)
    }
  }

  async #ask(client: Client): Promise<void> {
    const { rows } = await client.query<{ stage: Stage; sequence: string }>(
      'select stage, sequence from settlement_cursor',
    )
    for (const row of rows) this.#reach(row.stage, Number(row.sequence))
  }

  #onNotification(channel: string, payload: string): void {
    if (channel === SESSION_ENDED) return this.#listening.onSessionEnded(payload)
    const [stage, reached] = payload.split(':')
    if (stage === 'recorded' || stage === 'settled') this.#reach(stage, Number(reached))
  }

  #reach(stage: Stage, reached: number): void {
    if (!(reached > this.#reached[stage])) return
    this.#reached[stage] = sequence(reached)
    this.#listening.onWatermark(stage, this.#reached[stage])
    if (stage !== 'settled') return
    for (const { sequence: awaited, tell } of this.#waiting) if (awaited <= reached) tell(true)
  }
}
