/** Many investors who bid, amend and cancel over the public protocol at an open rate, one by one and in
 *  batches, while an operator opens listings, withdraws some and deposits cash. Everything asked and
 *  answered is kept in the ledger.
 *
 *  The rate does not wait for answers; only a caller with too much unanswered pauses, as a person
 *  would. After a fault each client connects again and sends what is unanswered under the same key. */
import { setTimeout as wait } from 'node:timers/promises'
import {
  ClientClosed,
  createNodeClient,
  HttpClient,
  RequestRefused,
  RequestUnanswered,
} from '../../gateway/client/node.ts'
import type { BatchItem, Client } from '../../gateway/client/node.ts'
import type { CommandReply, Key } from '../../schema/index.ts'
import type { Market } from '../../deploy/local/index.ts'
import { isDefinite, Ledger, promised, saidBriefly, saidWhole } from './attempt.ts'
import type { Asked, Attempt, Said } from './attempt.ts'
import { Follower } from './follower.ts'
import { Onlooker } from './onlooker.ts'
import { Plan } from './plan.ts'
import { Pulse } from './pulse.ts'
import type { Felt } from './pulse.ts'
import type { Random } from '../../deploy/random.ts'

const OPERATOR_EMAIL = 'operator@lendbook.example'
const REVIEWER_EMAILS = ['reviewer-1@lendbook.example', 'reviewer-2@lendbook.example'] as const
/** In one tick, of each reviewer: to look at one that is full. */
const CHANCE_OF_REVIEW = 0.3
const SHARE_REJECTED = 0.1
const TICK_MS = 10
const LISTINGS_OPEN = 14
const BATCH_MAX = 40
/** Unanswered requests of one investor at which it waits. */
const OPEN_REQUESTS_MAX = 40
/** Longer than any outage of these tests: what has no answer by then is unknown. */
const TIMEOUT_MS = 20_000
const FIRST_DEPOSIT_MINOR = 400_000_000
const SMALL_DEPOSIT_MINOR = 500_000
/** Commands asked at the full rate while one fault lasts. */
const ASKED_MAX = 2_000
const SHARE_SENT_AGAIN = 0.02
/** Those that may be sent again: some seconds back, so across a kill. */
const SHARE_REMEMBERED = 0.1
const REMEMBERED_MAX = 1_000
/** In one tick: about one listing in ten is taken off the market. */
const CHANCE_OF_WITHDRAWAL = 0.02
/** So often it is the last withdrawal once more, under its old key. */
const SHARE_WITHDRAWN_AGAIN = 0.2

export interface LoadOptions {
  readonly random: Random
  readonly investors: number
  readonly bidsPerSecond: number
  /** Where clients connect; the market's own gateways when not said. */
  readonly wsUrls?: readonly string[]
}

export interface Investor {
  readonly accountId: number
  readonly token: string
  readonly client: Client
  readonly follower: Follower
}

export class Load {
  readonly ledger = new Ledger()
  readonly investors: Investor[] = []
  readonly borrowers: number[] = []
  /** Requests that ended without saying what became of their commands, by the reason. */
  readonly turnedAway = new Map<string, number>()
  readonly #random: Random
  readonly #plan: Plan
  readonly #pulse = new Pulse()
  readonly #options: LoadOptions
  readonly #market: Market
  readonly #open = new Set<Promise<void>>()
  readonly #recent: Attempt[] = []
  #operator: Client | null = null
  readonly #reviewers: { readonly accountId: number; readonly client: Client }[] = []
  #onlooker: Onlooker | null = null
  #timer: NodeJS.Timeout | null = null
  #owed = 0
  #tickedAtMs = 0
  /** Since somebody last waited for answers. */
  #asked = 0
  #listingsAsked = 0
  #lastWithdrawal: Attempt | null = null

  private constructor(market: Market, options: LoadOptions) {
    this.#market = market
    this.#options = options
    this.#random = options.random
    this.#plan = new Plan(options.random)
  }

  /** Registers everyone and gives the investors their first cash; one stays poor. */
  static async open(market: Market, options: LoadOptions): Promise<Load> {
    const load = new Load(market, options)
    await load.#signInOperator()
    for (let number = 0; number < 3; number++)
      load.borrowers.push((await load.#register(`borrower-${number}`, number)).accountId)
    await Promise.all(
      Array.from({ length: options.investors }, (_, number) => load.#addInvestor(number)),
    )
    await load.settle()
    return load
  }

  start(): void {
    if (this.#timer !== null) throw new Error('the load is on already')
    this.#tickedAtMs = performance.now()
    this.#pulse.reset(performance.now())
    this.#timer = setInterval(() => this.#tick(), TICK_MS)
  }

  /** Stops asking. What was asked is still waited for by `settle`. */
  stop(): Felt {
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
    return this.felt()
  }

  /** Since `start` or the last `resetPulse`. */
  felt(): Felt {
    return this.#pulse.felt(performance.now())
  }

  resetPulse(): void {
    this.#pulse.reset(performance.now())
  }

  /** Resolves when `count` more answers were heard: the way to let some time pass under load. */
  async hears(count: number): Promise<void> {
    this.#asked = 0
    const enough = this.#pulse.count + count
    const deadline = Date.now() + TIMEOUT_MS
    while (this.#pulse.count < enough) {
      if (Date.now() > deadline) throw new Error(`no ${count} answers within ${TIMEOUT_MS} ms`)
      await wait(TICK_MS)
    }
  }

  /** Resolves when every caller has heard or given up. */
  async settle(): Promise<void> {
    while (this.#open.size > 0) await Promise.all(this.#open)
  }

  close(): void {
    this.stop()
    this.#operator?.close()
    for (const { client } of this.#reviewers) client.close()
    for (const { client } of this.investors) client.close()
  }

  /** What the operator sees of the market; null before it has come in. */
  get onlooker(): Onlooker | null {
    return this.#onlooker
  }

  get openListings(): number {
    return this.#plan.openListings
  }

  #tick(): void {
    const nowMs = performance.now()
    this.#pulse.ticked(nowMs - this.#tickedAtMs - TICK_MS)
    this.#owed += ((nowMs - this.#tickedAtMs) / 1_000) * this.#rate()
    this.#tickedAtMs = nowMs
    this.#plan.forgetDue(Date.now())
    if (this.#plan.openListings + this.#listingsAsked < LISTINGS_OPEN) this.#openListing()
    if (this.#random.chance(0.05)) this.#deposit(this.#random.pick(this.investors).accountId)
    if (this.#random.chance(CHANCE_OF_WITHDRAWAL)) this.#withdrawListing()
    for (const reviewer of this.#reviewers)
      if (this.#random.chance(CHANCE_OF_REVIEW)) this.#review(reviewer)
    while (this.#owed >= 1) {
      const size = this.#random.chance(0.7)
        ? 1
        : this.#random.between(2, Math.min(BATCH_MAX, Math.max(2, Math.floor(this.#owed))))
      this.#owed -= size
      this.#ask(this.#random.pick(this.investors), size)
    }
  }

  /** A part that is slow to come back must not make the whole test long. */
  #rate(): number {
    const { bidsPerSecond } = this.#options
    return this.#asked < ASKED_MAX ? bidsPerSecond : bidsPerSecond / 10
  }

  #ask(investor: Investor, size: number): void {
    if (investor.client.openRequests >= OPEN_REQUESTS_MAX) return
    const attempts: Attempt[] = []
    while (attempts.length < size) {
      const attempt = this.#nextAttempt(investor)
      if (attempt === null) break
      attempts.push(attempt)
    }
    this.#asked += attempts.length
    const [only] = attempts
    if (attempts.length > 1) this.#track(this.#sendBatch(investor, attempts))
    else if (only !== undefined) this.#track(this.#sendOne(investor, only))
  }

  /** Now and then an old command again under its old key: the answer must be the old one. */
  #nextAttempt(investor: Investor): Attempt | null {
    if (this.#random.chance(SHARE_SENT_AGAIN)) {
      const own = this.#recent.filter(({ accountId }) => accountId === investor.accountId)
      if (own.length > 0) return this.#random.pick(own)
    }
    const asked = this.#plan.next(investor.accountId)
    if (asked === null) return null
    const attempt = this.#note(investor.accountId, asked, investor.client.nextKey())
    if (this.#random.chance(SHARE_REMEMBERED) && this.#recent.push(attempt) > REMEMBERED_MAX)
      this.#recent.shift()
    return attempt
  }

  async #sendOne({ client }: Investor, attempt: Attempt): Promise<void> {
    await this.#hear(attempt, performance.now(), replyTo(client, itemOf(attempt)))
  }

  async #sendBatch({ client }: Investor, attempts: readonly Attempt[]): Promise<void> {
    const askedAtMs = performance.now()
    try {
      const { answers } = await client.batch(attempts.map(itemOf), { timeoutMs: TIMEOUT_MS })
      this.#pulse.heard(performance.now(), askedAtMs, attempts.length)
      attempts.forEach((attempt, place) => {
        const answer = answers[place]
        if (answer === undefined) throw new Error('a batch has an answer for each item')
        this.#said(attempt, saidBriefly(attempt.asked, answer))
      })
    } catch (error) {
      this.#noAnswer(error)
    }
  }

  async #hear(attempt: Attempt, askedAtMs: number, reply: Promise<CommandReply>): Promise<void> {
    try {
      const { answer } = await reply
      this.#pulse.heard(performance.now(), askedAtMs)
      this.#said(attempt, saidWhole(answer))
      if (answer.kind === 'ListingOpened') this.#plan.opened(answer)
    } catch (error) {
      if (!(error instanceof RequestRefused)) {
        this.#noAnswer(error)
        return
      }
      this.#pulse.heard(performance.now(), askedAtMs)
      this.#said(attempt, { kind: 'refused', code: error.code })
    }
  }

  #said(attempt: Attempt, said: Said): void {
    if (said.kind === 'refused' && !isDefinite(said.code)) {
      this.#turnAway(said.code)
      return
    }
    attempt.said.push(said)
    if (attempt.said.length === 1) this.#learn(attempt, said)
  }

  /** A second answer to the same key says nothing new. */
  #learn({ asked, accountId }: Attempt, said: Said): void {
    if (asked.kind === 'place' && said.kind === 'placed')
      this.#plan.placed(accountId, { ...asked, bidId: said.bidId })
    if (asked.kind === 'amend' && said.kind === 'amended')
      this.#plan.amended(accountId, asked.bidId, asked)
    if (said.kind === 'withdrawn') this.#plan.closed(said.listingId)
    if (asked.kind === 'place' && said.kind === 'refused' && said.code === 'listing-closed')
      this.#plan.closed(asked.listingId)
  }

  /** Gave up or was turned away as a whole: the fate of what was asked is not known. */
  #noAnswer(error: unknown): void {
    if (error instanceof RequestRefused) this.#turnAway(error.code)
    else if (error instanceof RequestUnanswered || error instanceof ClientClosed)
      this.#turnAway(error.name)
    else throw error
  }

  #turnAway(why: string): void {
    this.turnedAway.set(why, (this.turnedAway.get(why) ?? 0) + 1)
  }

  #openListing(): void {
    const operator = this.#operator
    if (operator === null || operator.openRequests >= OPEN_REQUESTS_MAX) return
    const borrowerId = this.#random.pick(this.borrowers)
    const terms = this.#plan.terms()
    const { amountMinor, ratePpm } = terms
    const key = operator.nextKey()
    const attempt = this.#note(borrowerId, { kind: 'open', amountMinor, ratePpm }, key)
    const reply = operator.openListing({ key, borrowerId, ...terms }, { timeoutMs: TIMEOUT_MS })
    this.#listingsAsked++
    const heard = this.#hear(attempt, performance.now(), reply).finally(() => {
      this.#listingsAsked--
    })
    this.#track(heard)
  }

  /** The last one again under its old key now and then: the answer must be the old one. */
  #withdrawListing(): void {
    const operator = this.#operator
    if (operator === null || operator.openRequests >= OPEN_REQUESTS_MAX) return
    const attempt = this.#nextWithdrawal(operator)
    if (attempt === null || attempt.asked.kind !== 'withdraw') return
    const { key, accountId: borrowerId, asked } = attempt
    const listing = { key, borrowerId, listingId: asked.listingId }
    const reply = operator.withdrawListing(listing, { timeoutMs: TIMEOUT_MS })
    this.#track(this.#hear(attempt, performance.now(), reply))
  }

  #nextWithdrawal(operator: Client): Attempt | null {
    if (this.#lastWithdrawal !== null && this.#random.chance(SHARE_WITHDRAWN_AGAIN))
      return this.#lastWithdrawal
    const next = this.#plan.withdrawal(this.borrowers)
    if (next === null) return null
    this.#lastWithdrawal = this.#note(next.borrowerId, next.asked, operator.nextKey())
    return this.#lastWithdrawal
  }

  /** Of those that somebody sees waiting: the same one perhaps twice, which is refused. */
  #review({ accountId, client }: { readonly accountId: number; readonly client: Client }): void {
    const seen = [...(this.#onlooker?.listings.values() ?? [])]
    const waiting = seen.filter(({ status }) => status === 'full' || status === 'in-review')
    if (waiting.length === 0 || client.openRequests >= OPEN_REQUESTS_MAX) return
    const { listingId } = this.#random.pick(waiting)
    const kind = this.#random.chance(SHARE_REJECTED) ? 'reject' : 'approve'
    const key = client.nextKey()
    const attempt = this.#note(accountId, { kind, listingId }, key)
    const options = { timeoutMs: TIMEOUT_MS }
    const reply =
      kind === 'approve'
        ? client.approveListing({ key, listingId }, options)
        : client.rejectListing({ key, listingId }, options)
    this.#track(this.#hear(attempt, performance.now(), reply))
  }

  #deposit(accountId: number, amountMinor = SMALL_DEPOSIT_MINOR): void {
    const operator = this.#operator
    if (operator === null || operator.openRequests >= OPEN_REQUESTS_MAX) return
    const key = operator.nextKey()
    const attempt = this.#note(accountId, { kind: 'deposit', amountMinor }, key)
    const reply = operator.deposit({ key, accountId, amountMinor }, { timeoutMs: TIMEOUT_MS })
    this.#track(this.#hear(attempt, performance.now(), reply))
  }

  #note(accountId: number, asked: Asked, key: Key): Attempt {
    return this.ledger.add({ key, accountId, asked, askedAtMs: Date.now(), said: [] })
  }

  /** A mistake of the load itself ends the test at the next `settle`. */
  #track(work: Promise<void>): void {
    this.#open.add(work)
    work.then(
      () => this.#open.delete(work),
      () => undefined,
    )
  }

  async #signInOperator(): Promise<void> {
    const { baseUrl, staffPassword: password } = this.#market
    const session = await new HttpClient({ baseUrl }).signIn({ email: OPERATOR_EMAIL, password })
    this.#operator = createNodeClient({ url: this.#urls(0), token: session.token })
    this.#onlooker = new Onlooker(this.#operator)
    for (const email of REVIEWER_EMAILS) {
      const { accountId, token } = await new HttpClient({ baseUrl }).signIn({ email, password })
      const client = createNodeClient({ url: this.#urls(0), token })
      this.#reviewers.push({ accountId, client })
    }
  }

  async #addInvestor(number: number): Promise<void> {
    const { accountId, token } = await this.#register(`investor-${number}`, number)
    const client = createNodeClient({ url: this.#urls(number), token })
    this.investors.push({ accountId, token, client, follower: new Follower(client) })
    this.#deposit(accountId, number === 0 ? SMALL_DEPOSIT_MINOR : FIRST_DEPOSIT_MINOR)
  }

  async #register(name: string, number: number) {
    const { baseUrls, baseUrl } = this.#market
    const http = new HttpClient({ baseUrl: baseUrls[number % baseUrls.length] ?? baseUrl })
    const email = `${name}-${this.#random.between(0, 2 ** 31)}@test.example`
    return http.register({ email, password: `the password of ${name}`, name })
  }

  /** Each begins at another gateway and goes over to the next when that one is gone. */
  #urls(number: number): readonly string[] {
    const urls = this.#options.wsUrls ?? this.#market.wsUrls
    const first = number % urls.length
    return [...urls.slice(first), ...urls.slice(0, first)]
  }
}

/** What an investor asks for, as a batch takes it. */
function itemOf({ key, asked }: Attempt): BatchItem {
  switch (asked.kind) {
    case 'place': {
      const { listingId, amountMinor, ratePpm } = asked
      return { key, listingId, amountMinor, ratePpm }
    }
    case 'amend': {
      const { bidId, amountMinor, ratePpm } = asked
      return { key, bidId, amountMinor, ratePpm }
    }
    case 'cancel':
      return { key, bidId: asked.bidId }
    case 'approve':
    case 'reject':
    case 'deposit':
    case 'open':
    case 'withdraw':
      throw new Error(`an investor does not ask for ${asked.kind}`)
  }
}

/** The same on its own. */
function replyTo(client: Client, item: BatchItem): Promise<CommandReply> {
  const options = { timeoutMs: TIMEOUT_MS }
  if ('listingId' in item) return client.placeBid(item, options)
  return 'amountMinor' in item ? client.amendBid(item, options) : client.cancelBid(item, options)
}

/** Attempts whose callers were told something definite, and those that heard nothing. */
export function tally(ledger: Ledger): { readonly answered: number; readonly unknown: number } {
  let answered = 0
  for (const attempt of ledger.all()) if (promised(attempt) !== null) answered++
  return { answered, unknown: ledger.size - answered }
}
