/** What every request passes on its way in, whatever answers it: is it one request, is it for us, from which
 *  address, by which way; who pays for it, and is there room. And the two things that its answer owes to that: HEAD gets no body, HTTPS gets
 *  Strict-Transport-Security. */
import { BlockList, isIP } from 'node:net'
import type { HttpRequest, HttpResponse, TemplatedApp } from 'uWebSockets.js'
import { reject } from '../../schema/index.ts'
import type { Reject } from '../../schema/index.ts'
import { tokenOf } from '../admit/toll.ts'
import type { Toll } from '../admit/toll.ts'
import type { GatewaySettings } from '../config.ts'
import { networkOf } from '../person/network.ts'
import { markManner, refuseHttp } from './answer.ts'
import type { Connections } from './connections.ts'

type Handler = (response: HttpResponse, request: HttpRequest) => void
type Method = 'get' | 'post' | 'del' | 'any'

/** Who counts what comes in. */
interface Keepers {
  readonly toll: Toll
  readonly connections: Connections
}

export class Door {
  readonly #app: TemplatedApp
  readonly #keepers: Keepers | null
  readonly #hosts: readonly string[]
  readonly #proxies: BlockList
  readonly #hasTls: boolean

  /** @param keepers null: everything is free, and there is always room */
  constructor(app: TemplatedApp, settings: GatewaySettings, keepers: Keepers | null = null) {
    this.#keepers = keepers
    this.#app = app
    this.#hosts = settings.HOSTS
    this.#proxies = settings.TRUSTED_PROXIES
    this.#hasTls = settings.TLS_CERT_FILE !== undefined
  }

  /** What answers GET answers HEAD too.
   *  @param isOpen also for whom there is no room: it says how this gateway is */
  on(method: Method, pattern: string, handle: Handler, isOpen = false): void {
    const guarded: Handler = (response, request) => {
      const refusal = this.refusalOf(response, request) ?? (isOpen ? null : this.#crowded())
      if (refusal !== null) turnAway(response, refusal)
      else if (this.#isPaid(response, request)) handle(response, request)
    }
    this.#app[method](pattern, guarded)
    if (method === 'get') this.#app.head(pattern, guarded)
  }

  /** Notes how the answer is to be given. @returns why it is not let in; null when it is */
  refusalOf(response: HttpResponse, request: HttpRequest): Reject | null {
    markManner(response, {
      isHead: request.getMethod() === 'head',
      isSecure: this.#hasTls || this.#isSecureAtProxy(response, request),
    })
    const fault = faultOf(request)
    if (fault !== null) return reject('frame-malformed', { field: fault })
    if (!isHostKnown(this.#hosts, request.getHeader('host')))
      return reject('permission-missing', { field: 'host' })
    return null
  }

  /** Of the caller: what the nearest proxy that is not one of ours was called by. */
  addressOf(response: HttpResponse, request: HttpRequest): string {
    return addressBehind(
      this.#proxies,
      remoteAddress(response),
      request.getHeader('x-forwarded-for'),
    )
  }

  #crowded(): Reject | null {
    return this.#keepers?.connections.refusal() ?? null
  }

  /** Takes the price of one message, or answers that it is not paid. */
  #isPaid(response: HttpResponse, request: HttpRequest): boolean {
    if (this.#keepers === null) return true
    const { toll } = this.#keepers
    const network = networkOf(this.addressOf(response, request))
    const payer = toll.payerOf(tokenOf(request.getHeader('authorization')), network)
    const unpaid = toll.take(payer, 1)
    if (unpaid !== null) refuseHttp(response, unpaid, toll.isOut(payer))
    return unpaid === null
  }

  /** Whose connections those of `response` are counted with; null: a proxy's of ours, which are many people's. */
  networkBehind(response: HttpResponse): string | null {
    const address = remoteAddress(response)
    return isAmong(this.#proxies, address) ? null : networkOf(address)
  }

  #isSecureAtProxy(response: HttpResponse, request: HttpRequest): boolean {
    const said = request.getHeader('x-forwarded-proto')
    if (said === '') return false
    const last = said.split(',').at(-1)?.trim()
    return last === 'https' && isAmong(this.#proxies, remoteAddress(response))
  }
}

/** Walks X-Forwarded-For from the right: each proxy of ours adds whom it was called by, and what stands
 *  before the first who is none of ours is his own invention. */
export function addressBehind(proxies: BlockList, remote: string, forwarded: string): string {
  const hops = forwarded === '' ? [] : forwarded.split(',').map((hop) => plainAddress(hop.trim()))
  let address = plainAddress(remote)
  while (isAmong(proxies, address)) {
    const before = hops.pop()
    if (before === undefined || isIP(before) === 0) return address
    address = before
  }
  return address
}

/** Without a list any host is: it is for markets whose name is known. The port does not matter. */
export function isHostKnown(hosts: readonly string[], host: string): boolean {
  return hosts.length === 0 || hosts.includes(host.toLowerCase().replace(/:\d*$/, ''))
}

/** The header by which two readers could disagree where this request ends or whom it is for. uWebSockets
 *  takes the first of several and shows all. */
function faultOf(request: HttpRequest): string | null {
  const seen: Record<string, string[]> = {
    'content-length': [],
    'transfer-encoding': [],
    host: [],
  }
  request.forEach((name, value) => seen[name]?.push(value))
  for (const [name, values] of Object.entries(seen)) if (values.length > 1) return name
  const [length] = seen['content-length'] ?? []
  const [encoding] = seen['transfer-encoding'] ?? []
  if (length !== undefined && !/^\d{1,15}$/.test(length)) return 'content-length'
  if (encoding === undefined) return null
  return encoding.toLowerCase() !== 'chunked' || length !== undefined ? 'transfer-encoding' : null
}

/** Answered a turn later and closed: as long as this answer is open, uWebSockets takes no other request from
 *  the connection. Were it given at once, what stands behind in the same bytes would be answered too. */
function turnAway(response: HttpResponse, refusal: Reject): void {
  let isGone = false
  response.onAborted(() => {
    isGone = true
  })
  setImmediate(() => {
    if (!isGone) refuseHttp(response, refusal, true)
  })
}

function isAmong(proxies: BlockList, address: string): boolean {
  const family = isIP(address)
  return family !== 0 && proxies.check(address, family === 6 ? 'ipv6' : 'ipv4')
}

function remoteAddress(response: HttpResponse): string {
  return plainAddress(Buffer.from(response.getRemoteAddressAsText()).toString())
}

/** An IPv4 address as such, also when it came over a socket for both kinds. */
function plainAddress(address: string): string {
  const mapped = /^(?:::ffff:|(?:0{1,4}:){5}ffff:)(.+)$/i.exec(address)?.[1]
  if (mapped === undefined) return address
  if (isIP(mapped) === 4) return mapped
  const [high = 0, low = 0] = mapped.split(':').map((part) => Number.parseInt(part, 16))
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}
