/** The routes over HTTP, typed: a thin layer over `fetch` for browser and Node. Knows the routes by their
 *  types alone, so nothing of their declarations is loaded. */
import type {
  ErrorAnswer,
  CanBeEmpty,
  RouteInput,
  RouteKey,
  RouteReply,
  SessionAnswer,
} from '../../schema/index.ts'
import { RequestRefused } from './error.ts'

export interface HttpClientOptions {
  /** `http://host:port`; in a browser empty for the page's own origin. */
  readonly baseUrl?: string
  readonly token?: string
  /** What this device has made up once and keeps: goes with `register` and `signIn`. */
  readonly device?: string
  readonly fetch?: typeof fetch
}

/** What has to be said beside the route: nothing when the route needs nothing. */
type Input<Key extends RouteKey> =
  CanBeEmpty<RouteInput<Key>> extends true ? [input?: RouteInput<Key>] : [input: RouteInput<Key>]

/** The same, as any route may have it. */
interface AnyInput {
  readonly path?: Readonly<Record<string, string | number>>
  readonly query?: Readonly<Record<string, string | number | undefined>>
  readonly body?: unknown
}

/** Every method throws `RequestRefused` when the gateway says no, and what `fetch` throws when there is
 *  no answer. Nothing is tried again: a command may be sent again with its own key. */
export class HttpClient {
  readonly #baseUrl: string
  readonly #fetch: typeof fetch
  /** The session's token; set by `register` and `signIn`, taken away by `signOut`. */
  token: string | null
  readonly #device: { readonly device?: string }

  constructor(options: HttpClientOptions = {}) {
    this.#baseUrl = options.baseUrl ?? ''
    this.#fetch = options.fetch ?? globalThis.fetch.bind(globalThis)
    this.token = options.token ?? null
    this.#device = options.device === undefined ? {} : { device: options.device }
  }

  /** Asks a route: `ask('GET /v1/listings/{listingId}', { path: { listingId: 17 } })`. */
  async ask<Key extends RouteKey>(route: Key, ...[input]: Input<Key>): Promise<RouteReply<Key>> {
    const { path = {}, query = {}, body } = (input ?? {}) as AnyInput
    const [method = '', template = ''] = route.split(' ')
    const address = template.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
      encodeURIComponent(path[name] ?? ''),
    )
    const headers: Record<string, string> = {}
    if (this.token !== null) headers['authorization'] = `Bearer ${this.token}`
    if (body !== undefined) headers['content-type'] = 'application/json'
    const response = await this.#fetch(this.#baseUrl + address + search(query), {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const isJson = response.headers.get('content-type')?.startsWith('application/json') === true
    const answer: unknown = isJson ? await response.json() : await response.text()
    if (!response.ok) throw new RequestRefused((answer as ErrorAnswer).error)
    return answer as RouteReply<Key>
  }

  /** Registers a new investor and goes on as that person. */
  async register(person: RouteInput<'POST /v1/persons'>['body']): Promise<SessionAnswer> {
    const body = { ...this.#device, ...person }
    return this.#keep(await this.ask('POST /v1/persons', { body }))
  }

  /** Signs in and goes on as that person. */
  async signIn(credentials: RouteInput<'POST /v1/sessions'>['body']): Promise<SessionAnswer> {
    const body = { ...this.#device, ...credentials }
    return this.#keep(await this.ask('POST /v1/sessions', { body }))
  }

  /** Ends the session everywhere. */
  async signOut(): Promise<void> {
    await this.ask('DELETE /v1/sessions')
    this.token = null
  }

  #keep(session: SessionAnswer): SessionAnswer {
    this.token = session.token
    return session
  }
}

function search(query: NonNullable<AnyInput['query']>): string {
  const said = Object.entries(query).filter(([, value]) => value !== undefined)
  if (said.length === 0) return ''
  return `?${new URLSearchParams(said.map(([name, value]) => [name, String(value)])).toString()}`
}
