/** The queries and commands over HTTP, typed: a thin layer over `fetch` for browser and Node. */
import type {
  AckStage,
  BatchReply,
  BidsAnswer,
  BidStatus,
  CashAnswer,
  CommandReply,
  ErrorAnswer,
  ListingAnswer,
  ListingsAnswer,
  ListingStatus,
  MarketAnswer,
  MeAnswer,
  OperationInput,
  OutcomeReply,
  SessionAnswer,
} from '../../schema/index.ts'
import { RequestRefused } from './error.ts'

export interface HttpClientOptions {
  /** `http://host:port`; in a browser empty for the page's own origin. */
  readonly baseUrl?: string
  readonly token?: string
  readonly fetch?: typeof fetch
}

export interface PageQuery<Status> {
  readonly limit?: number
  readonly after?: number
  readonly status?: Status
}

type Query = Readonly<Record<string, string | number | undefined>>

/** Every method throws `RequestRefused` when the gateway says no, and what `fetch` throws when there is
 *  no answer. Nothing is tried again: a command may be sent again with its own key. */
export class HttpClient {
  readonly #baseUrl: string
  readonly #fetch: typeof fetch
  /** The session's token; set by `register` and `signIn`, taken away by `signOut`. */
  token: string | null

  constructor(options: HttpClientOptions = {}) {
    this.#baseUrl = options.baseUrl ?? ''
    this.#fetch = options.fetch ?? globalThis.fetch.bind(globalThis)
    this.token = options.token ?? null
  }

  async register(person: {
    readonly email: string
    readonly password: string
    readonly name: string
  }): Promise<SessionAnswer> {
    return this.#keep(await this.#call('POST', '/v1/persons', {}, person))
  }

  async signIn(credentials: {
    readonly email: string
    readonly password: string
  }): Promise<SessionAnswer> {
    return this.#keep(await this.#call('POST', '/v1/sessions', {}, credentials))
  }

  async signOut(): Promise<void> {
    await this.#call('DELETE', '/v1/sessions')
    this.token = null
  }

  me(): Promise<MeAnswer> {
    return this.#call('GET', '/v1/me')
  }

  market(): Promise<MarketAnswer> {
    return this.#call('GET', '/v1/market')
  }

  listings(query: PageQuery<ListingStatus> = {}): Promise<ListingsAnswer> {
    return this.#call('GET', '/v1/listings', { ...query })
  }

  listing(listingId: number): Promise<ListingAnswer> {
    return this.#call('GET', `/v1/listings/${listingId}`)
  }

  cash(): Promise<CashAnswer> {
    return this.#call('GET', '/v1/cash')
  }

  bids(query: PageQuery<BidStatus> = {}): Promise<BidsAnswer> {
    return this.#call('GET', '/v1/bids', { ...query })
  }

  outcome(key: string): Promise<OutcomeReply> {
    return this.#call('GET', `/v1/outcomes/${key}`)
  }

  placeBid(bid: OperationInput<'bid.place'>, ack?: AckStage): Promise<CommandReply> {
    return this.#call('POST', '/v1/bids', { ack }, bid)
  }

  cancelBid(bid: OperationInput<'bid.cancel'>, ack?: AckStage): Promise<CommandReply> {
    return this.#call('POST', '/v1/bids/cancel', { ack }, bid)
  }

  batch(batch: OperationInput<'bid.batch'>, ack?: AckStage): Promise<BatchReply> {
    return this.#call('POST', '/v1/bids/batch', { ack }, batch)
  }

  deposit(deposit: OperationInput<'cash.deposit'>, ack?: AckStage): Promise<CommandReply> {
    return this.#call('POST', '/v1/deposits', { ack }, deposit)
  }

  openListing(listing: OperationInput<'listing.open'>, ack?: AckStage): Promise<CommandReply> {
    return this.#call('POST', '/v1/listings', { ack }, listing)
  }

  #keep(session: SessionAnswer): SessionAnswer {
    this.token = session.token
    return session
  }

  async #call<Answer>(method: string, path: string, query: Query = {}, body?: unknown) {
    const headers: Record<string, string> = {}
    if (this.token !== null) headers['authorization'] = `Bearer ${this.token}`
    if (body !== undefined) headers['content-type'] = 'application/json'
    const response = await this.#fetch(this.#baseUrl + path + search(query), {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const answer: unknown = await response.json()
    if (!response.ok) throw new RequestRefused((answer as ErrorAnswer).error)
    return answer as Answer
  }
}

function search(query: Query): string {
  const said = Object.entries(query).filter(([, value]) => value !== undefined)
  if (said.length === 0) return ''
  return `?${new URLSearchParams(said.map(([name, value]) => [name, String(value)])).toString()}`
}
