/** One connection to the journal's Redis that we open again ourselves.
 *
 *  ioredis would put commands into an offline queue and send unanswered ones again after it has
 *  reconnected; a command sent twice is a bid placed twice. All of that is off: a command either gets
 *  its answer, or fails with JournalLost and the connection is thrown away. Whoever asks next gets a
 *  new one, and its settings and whose journal it is are checked again, because a server that came back
 *  may be another one. */
import { Redis } from 'ioredis'
import { withoutPassword } from '../host/address.ts'
import { messageOf, SetupFault } from '../host/setup-fault.ts'
import { JournalLost } from './failure.ts'
import {
  assertSettings,
  notPermitted,
  REQUIRED_SETTINGS,
  settingsHidden,
} from './redis-settings.ts'

const CONNECT_MS_MAX = 1_000
/** Answers that say: not now. Nothing was done; the same command may come again. */
const NOT_NOW = /^(LOADING|OOM|BUSY|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|MISCONF|NOREPLICAS)\b/

/** Of a command, and of one within a script. */
const NOT_PERMITTED = /^NOPERM\b|The user executing the script can't/

export type Argument = string | number | Buffer

export interface Caller {
  call(command: string, ...args: readonly Argument[]): Promise<unknown>
}

interface LinkOptions {
  readonly url: string
  readonly answerMsMax: number
  /** Asked of every new connection before anything else; what it throws is thrown to who calls. */
  readonly assertOurs: (caller: Caller) => Promise<void>
}

export class Link {
  readonly #url: string
  readonly #answerMsMax: number
  readonly #assertOurs: LinkOptions['assertOurs']
  #redis: Redis | null = null
  #opening: Promise<Redis> | null = null
  #isClosed = false
  /** Connections opened so far: a reader checks its position again when this has moved. */
  openings = 0

  constructor({ url, answerMsMax, assertOurs }: LinkOptions) {
    this.#url = url
    this.#answerMsMax = answerMsMax
    this.#assertOurs = assertOurs
  }

  /** Sends one command and waits for its answer, strings as Buffers. Throws JournalLost when the
   *  outcome is unknown or the server says not now, JournalMisconfigured when our user may not do it; any
   *  other refusal is thrown as it came. */
  async call(command: string, ...args: readonly Argument[]): Promise<unknown> {
    const redis = await this.#opened()
    try {
      return await redis.callBuffer(command, ...args)
    } catch (error) {
      if (isReply(error) && NOT_PERMITTED.test(error.message))
        throw notPermitted(error, withoutPassword(this.#url))
      if (isReply(error) && !NOT_NOW.test(error.message)) throw error
      if (!isReply(error)) this.#drop(redis)
      throw new JournalLost(`${command} has no outcome: ${messageOf(error)}`, { cause: error })
    }
  }

  /** A command under way fails with JournalLost; later ones too. */
  close(): void {
    this.#isClosed = true
    if (this.#redis !== null) this.#drop(this.#redis)
  }

  async #opened(): Promise<Redis> {
    if (this.#isClosed) throw new JournalLost('the connection was closed by us')
    if (this.#redis !== null) return this.#redis
    this.#opening ??= this.#open().finally(() => {
      this.#opening = null
    })
    return this.#opening
  }

  async #open(): Promise<Redis> {
    const redis = new Redis(this.#url, {
      lazyConnect: true,
      protocol: 2,
      retryStrategy: null,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      enableReadyCheck: false,
      connectTimeout: CONNECT_MS_MAX,
      commandTimeout: this.#answerMsMax,
      noDelay: true,
    })
    let reason: unknown
    redis.on('error', (error) => {
      reason = error
    })
    try {
      await redis.connect()
      await this.#assertSettings(redis)
      await this.#assertOurs({ call: (command, ...args) => redis.callBuffer(command, ...args) })
    } catch (error) {
      redis.disconnect()
      if (!(error instanceof Error) || error instanceof SetupFault) throw error
      if (error instanceof JournalLost) throw error
      const cause = reason ?? error
      throw new JournalLost(`cannot reach the journal Redis: ${messageOf(cause)}`, { cause })
    }
    redis.on('close', () => this.#drop(redis))
    if (this.#isClosed) {
      redis.disconnect()
      throw new JournalLost('the connection was closed by us')
    }
    this.#redis = redis
    this.openings += 1
    return redis
  }

  async #assertSettings(redis: Redis): Promise<void> {
    const where = withoutPassword(this.#url)
    let found: unknown
    try {
      found = await redis.call('CONFIG', 'GET', ...REQUIRED_SETTINGS)
    } catch (error) {
      if (!isReply(error) || NOT_NOW.test(error.message)) throw error
      throw settingsHidden(error, where)
    }
    assertSettings(found as string[], where)
  }

  #drop(redis: Redis): void {
    if (this.#redis === redis) this.#redis = null
    redis.disconnect()
  }
}

/** The server answered, with a refusal. */
function isReply(error: unknown): error is Error {
  return error instanceof Error && error.name === 'ReplyError'
}
