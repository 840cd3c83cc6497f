/** A gateway put together: what comes in goes to the desk, what happened comes from the journal, and
 *  a few clocks keep the rest moving. */
import type { TemplatedApp } from 'uWebSockets.js'
import { PUBLIC_FLUSH_MS, reject, SESSIONS_PURGE_MS } from '../schema/index.ts'
import type { EventEntry, HeartbeatFrame, MarketAnswer, MarketIdentity } from '../schema/index.ts'
import { fail, packageAsset, Progress } from '../engine/host/index.ts'
import type { Log, Metrics, Postgres } from '../engine/host/index.ts'
import {
  CommandWriter,
  countUnanswered,
  JournalLost,
  readJournalEnd,
  watchClock,
} from '../engine/journal/index.ts'
import type { Journal } from '../engine/journal/index.ts'
import { Admission } from './admit/admission.ts'
import { Desk } from './admit/desk.ts'
import { RateLimits } from './admit/rate-limits.ts'
import { Toll } from './admit/toll.ts'
import { bucketSizes } from './config.ts'
import type { GatewaySettings } from './config.ts'
import { Feed } from './feed/feed.ts'
import { followMarket } from './feed/follow.ts'
import { Connections } from './http/connections.ts'
import { Door } from './http/door.ts'
import { serveHealth } from './http/operations.ts'
import type { Readiness } from './http/operations.ts'
import { serveHttp } from './http/server.ts'
import { serveStatic } from './http/static-files.ts'
import { Outcomes } from './keys/outcomes.ts'
import { OwnBids } from './market/own-bids.ts'
import { Counts, watchAcks, watchGateway } from './metrics.ts'
import { Accounts } from './person/accounts.ts'
import { Persons } from './person/persons.ts'
import { purgeSessions } from './person/records.ts'
import { SessionCheck } from './person/session-check.ts'
import { Sessions } from './person/sessions.ts'
import { UnknownTokens } from './person/unknown-tokens.ts'
import { Refusal } from './refusal.ts'
import { Records } from './records/records.ts'
import { Watermarks } from './records/watermarks.ts'
import { Outgoing } from './socket/outgoing.ts'
import { Sockets } from './socket/sockets.ts'

const HEARTBEAT_MS = 1_000
const SWEEP_MS = 100
const HOUSEKEEPING_MS = 5_000
/** How often it is looked how far the journal is ahead of its engines. */
const LOOK_AHEAD_MS = 250
/** Commands under way at the end get this long. */
const DRAIN_MS_MAX = 6_000
/** So that the clients of a gateway that goes do not come back all at once. */
const RECONNECT_AFTER_MS_MAX = 2_000

export interface Surroundings {
  readonly settings: GatewaySettings
  readonly app: TemplatedApp
  readonly journal: Journal
  /** What journal and database both carry. */
  readonly identity: MarketIdentity
  readonly postgres: Postgres
  /** As many as the process has room for. */
  readonly connectionsMax: number
  readonly metrics: Metrics
  readonly log: Log
}

export class Gateway {
  readonly persons: Persons
  readonly #surroundings: Surroundings
  readonly #stop = new AbortController()
  readonly #admission: Admission
  readonly #limits: RateLimits
  readonly #desk: Desk
  readonly #feed: Feed
  readonly #sockets: Sockets
  readonly #sessions: Sessions
  readonly #sessionCheck: SessionCheck
  readonly #records: Records
  readonly #watermarks: Watermarks
  readonly #timers: NodeJS.Timeout[] = []
  readonly #progress = new Progress('commands')
  #isFollowing = false
  #isLooking = false

  constructor(surroundings: Surroundings) {
    const { settings, app, journal, identity, postgres, metrics, log } = surroundings
    const { signal } = this.#stop
    const now = Date.now
    const counts = new Counts()
    const onFault = (error: unknown): void => log.error({ at: 'request-fault', error })
    const onRequest = (op: string, outcome: 'ok' | 'refused'): void => counts.onRequest(op, outcome)
    this.#surroundings = surroundings
    this.#records = new Records(postgres.db)
    this.#limits = new RateLimits(bucketSizes(settings), monotonicMs)
    const unknown = new UnknownTokens(this.#limits, monotonicMs)
    this.#sessions = new Sessions(this.#records, now, unknown)
    this.persons = new Persons(this.#records, this.#sessions, monotonicMs)
    const toll = new Toll(this.#limits, this.#sessions)
    const connections = new Connections({
      max: surroundings.connectionsMax,
      perNetworkMax: settings.CONNECTIONS_PER_NETWORK,
      limits: this.#limits,
    })
    const door = new Door(app, settings, { toll, connections })
    connections.watch(app, (response) => door.networkBehind(response))
    const writer = new CommandWriter(journal)
    this.#admission = new Admission({
      writer: {
        source: writer.source,
        get nextBatch() {
          return writer.nextBatch
        },
        append: (commands) => writer.append(commands, signal),
      },
      now: monotonicMs,
      onFault: (error) => signal.aborted || fail(error),
      onAck: watchAcks(metrics),
    })
    const accounts = new Accounts(this.#records)
    this.#desk = new Desk(
      this.#admission,
      this.#limits,
      monotonicMs,
      journal.schemaWritten,
      accounts,
    )
    this.#feed = new Feed((frame) => this.#sockets.publish(frame), monotonicMs)
    const outcomes = new Outcomes({
      records: this.#records,
      watermarks: { untilSettled: (sequence, ms) => this.#watermarks.untilSettled(sequence, ms) },
      journalEnd: () => readJournalEnd(journal),
    })
    const shared = {
      desk: this.#desk,
      feed: this.#feed,
      limits: this.#limits,
      toll,
      sessions: this.#sessions,
      records: this.#records,
      outcomes,
      ownBids: new OwnBids(() => this.#feed.view, this.#records, outcomes),
      onFault,
      onRequest,
    }
    this.#sockets = new Sockets({
      app,
      door,
      connections,
      outgoing: new Outgoing(),
      dispatching: { ...shared, now },
      hello: () => ({
        t: 'hello',
        market: settings.MARKET,
        currency: settings.CURRENCY,
        epoch: this.#feed.epoch,
        sequence: this.#feed.view.sequence,
        atMs: now(),
      }),
      refusal: () => (this.#desk.isDraining ? reject('draining') : null),
      onFault,
    })
    this.#watermarks = new Watermarks({
      url: settings.DATABASE_URL,
      identity,
      log,
      signal,
      onWatermark: (stage, sequence) => this.#admission.onWatermark(stage, sequence),
      onSessionEnded: (tokenHash) => this.#endSession(tokenHash),
      onGap: () => {
        this.#sessions.distrustAll()
        this.#sessionCheck.onGap().catch(onFault)
      },
    })
    this.#sessionCheck = new SessionCheck({
      records: this.#records,
      now: monotonicMs,
      open: () => this.#sockets.openSessions(),
      onEnded: (tokenHash) => this.#endSession(tokenHash),
    })
    serveHealth(door, () => this.readiness())
    serveHttp({ ...shared, door, persons: this.persons, market: () => this.#marketAnswer() })
    serveStatic(door, packageAsset(import.meta.url, '../web'))
    watchGateway(metrics, {
      counts,
      admission: this.#admission,
      limits: this.#limits,
      feed: this.#feed,
      sockets: this.#sockets,
      connections,
    })
  }

  /** Resolves once the view holds all that had happened by then: nobody is told a balance of before. */
  async start(): Promise<void> {
    this.#watermarks.run().catch(fail)
    await this.#lookAhead()
    watchClock(this.#surroundings.journal, this.#stop.signal).catch(fail)
    await new Promise<void>((resolve, reject) => {
      this.#follow(resolve).then(
        () => reject(new Error('asked to stop')),
        (error: unknown) => {
          reject(error)
          if (!this.#stop.signal.aborted) fail(error)
        },
      )
    })
    const every = (ms: number, work: () => void): void =>
      void this.#timers.push(setInterval(work, ms))
    every(PUBLIC_FLUSH_MS, () => {
      this.#sockets.checkLag(this.#feed, monotonicMs())
      this.#feed.flushPublic()
    })
    every(LOOK_AHEAD_MS, () => void this.#lookAhead())
    every(HEARTBEAT_MS, () => this.#sockets.broadcast(this.#heartbeat()))
    every(SWEEP_MS, () => {
      this.#admission.sweep()
      this.#progress.note(this.#admission.standing())
    })
    every(HOUSEKEEPING_MS, () => {
      this.#sockets.sweep(Date.now())
      this.#feed.sweep()
      this.#limits.sweep()
      this.#sessionCheck.tick().catch((error: unknown) => this.#noteFault(error))
    })
    every(SESSIONS_PURGE_MS, () => void this.#purgeSessions())
  }

  readiness(): Readiness {
    const { journal, postgres } = this.#surroundings
    const reasons = [...journal.readiness(), ...this.#progress.readiness()]
    if (!this.#isFollowing) reasons.push('the view of the market is not built yet')
    if (this.#desk.isDraining) reasons.push('draining')
    const degraded = [
      ...this.#watermarks.readiness(),
      ...this.#records.readiness(),
      ...postgres.readiness(),
    ]
    return { reasons, degraded: [...new Set(degraded)] }
  }

  /** Nothing new is taken in, what is under way is answered, then everyone is sent on. The listening
   *  socket is the caller's to close, after this has begun. */
  async drain(): Promise<void> {
    this.#desk.isDraining = true
    const reconnectAfterMs = Math.floor(Math.random() * RECONNECT_AFTER_MS_MAX)
    this.#sockets.broadcast({ t: 'goaway', reconnectAfterMs })
    const deadline = performance.now() + DRAIN_MS_MAX
    while (this.#admission.open > 0 && performance.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 20))
    this.#sockets.closeAll()
    // The close frames are still to leave.
    await new Promise((resolve) => setTimeout(resolve, 50))
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer)
    this.#stop.abort()
  }

  #endSession(tokenHash: string): void {
    this.#sessions.forget(tokenHash)
    this.#sockets.endSession(tokenHash)
  }

  #noteFault(error: unknown): void {
    this.#surroundings.log.error({ at: 'session-fault', error })
  }

  /** While the records are away it waits for the next time. */
  async #purgeSessions(): Promise<void> {
    try {
      await purgeSessions(this.#records, Date.now())
    } catch (error) {
      if (!(error instanceof Refusal)) this.#noteFault(error)
    }
  }

  /** What lies in the journal unanswered, also from gateways that have gone. While the journal does not
   *  say, what was last known holds. */
  async #lookAhead(): Promise<void> {
    if (this.#isLooking) return
    this.#isLooking = true
    try {
      this.#admission.onAhead(await countUnanswered(this.#surroundings.journal))
    } catch (error) {
      if (!(error instanceof JournalLost)) fail(error)
    } finally {
      this.#isLooking = false
    }
  }

  #follow(onCaughtUp: () => void): Promise<void> {
    const { journal, log } = this.#surroundings
    return followMarket({
      journal,
      log,
      signal: this.#stop.signal,
      onStart: (start, from) => {
        this.#admission.abandonUntil(from)
        this.#feed.load(start)
        this.#isFollowing = false
      },
      onEntries: (entries) => this.#onEntries(entries),
      onCaughtUp: () => {
        this.#isFollowing = true
        onCaughtUp()
      },
    })
  }

  /** The view first, so that whoever hears an answer can already see what came of it. */
  #onEntries(entries: readonly EventEntry[]): void {
    for (const entry of entries) {
      this.#feed.apply(entry)
      this.#admission.onEntry(entry)
      this.#feed.flushPrivate()
    }
  }

  #heartbeat(): HeartbeatFrame {
    const { sequence } = this.#feed.view
    const { recorded, settled } = this.#watermarks
    return { t: 'heartbeat', sequence, recorded, settled, atMs: Date.now() }
  }

  #marketAnswer(): MarketAnswer {
    const { MARKET, CURRENCY, DEMO_EMAIL, DEMO_PASSWORD } = this.#surroundings.settings
    const { recorded, settled } = this.#watermarks
    return {
      market: MARKET,
      currency: CURRENCY,
      epoch: this.#feed.epoch,
      sequence: this.#feed.view.sequence,
      recorded,
      settled,
      demo:
        DEMO_EMAIL === undefined || DEMO_PASSWORD === undefined
          ? null
          : { email: DEMO_EMAIL, password: DEMO_PASSWORD },
    }
  }
}

/** What is waited for is counted by a clock that nobody can set. */
function monotonicMs(): number {
  return performance.now()
}
