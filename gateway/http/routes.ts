/** Every route with what answers it: a handler of its area, or the operation whose command it is. */
import { ROUTE_KEYS, ROUTES } from '../../schema/index.ts'
import type {
  AckStage,
  BucketName,
  CommandOperation,
  Reject,
  RouteDeclaration,
  RouteKey,
} from '../../schema/index.ts'
import type { z } from 'zod'
import { accessRefusal } from '../admit/access.ts'
import type { Admitted } from '../admit/admitted.ts'
import { isReject } from '../admit/desk.ts'
import { fieldReject } from '../admit/field-reject.ts'
import type { Owner } from '../admit/rate-limits.ts'
import { batchReply, commandReply } from '../admit/reply.ts'
import { cashRoutes } from '../cash/routes.ts'
import { keyRoutes } from '../keys/routes.ts'
import { marketRoutes } from '../market/routes.ts'
import { networkOf } from '../person/network.ts'
import type { Session } from '../person/sessions.ts'
import { personRoutes } from '../person/routes.ts'
import { referenceRoutes } from '../reference/routes.ts'
import { Refusal } from '../refusal.ts'
import { reject } from '../../schema/index.ts'
import { ok, refused } from './answer.ts'
import type { Answer } from './answer.ts'
import type { Handlers, Routing } from './handling.ts'

const HANDLERS: Handlers = {
  ...personRoutes,
  ...marketRoutes,
  ...cashRoutes,
  ...keyRoutes,
  ...referenceRoutes,
}

/** A request as it came, copied: uWebSockets takes its own back. */
export interface RawRequest {
  /** What stands in the path's places, in their order. */
  readonly places: readonly string[]
  readonly query: Readonly<Record<string, string>>
  readonly body: unknown
  readonly session: Session | null
  readonly address: string
}

/** A route as the server knows it. */
export interface ServedRoute {
  readonly key: RouteKey
  readonly method: string
  /** As in the key, with names in braces. */
  readonly template: string
  readonly declared: RouteDeclaration
  /** Reads, checks and answers. @throws {Refusal} */
  answer(request: RawRequest, routing: Routing): Promise<Answer>
}

export const SERVED_ROUTES: readonly ServedRoute[] = ROUTE_KEYS.map(served)

function served(key: RouteKey): ServedRoute {
  const [method = '', template = ''] = key.split(' ')
  const declared: RouteDeclaration = ROUTES[key]
  const { operation } = declared
  const answer =
    operation === null
      ? handled(declared, HANDLERS[key as keyof Handlers] as Handle)
      : submitting(declared, operation as CommandOperation)
  return { key, method, template, declared, answer }
}

/** A handler as the server calls it: what it is given has been read by its own route's schemas. */
type Handle = (asked: object, routing: Routing) => unknown

function handled(declared: RouteDeclaration, handle: Handle): ServedRoute['answer'] {
  const names = Object.keys(declared.path.shape)
  return async (request, routing) => {
    const { session, address } = request
    pay(declared, request, routing)
    permit(declared, session)
    const path = readPath(declared, names, request.places)
    const query = readQuery(declared, request.query)
    const body = declared.body === null ? null : read(declared.body, request.body)
    const given = await handle({ path, query, body, session, address }, routing)
    const { contentType: type } = declared
    return { ...ok(given), type }
  }
}

function submitting(declared: RouteDeclaration, op: CommandOperation): ServedRoute['answer'] {
  return async (request, routing) => {
    const { query, body, session } = request
    const { desk } = routing
    permitCommand(declared, request, routing)
    const { ack } = readQuery(declared, query) as { readonly ack: AckStage }
    const outcome = await new Promise<Admitted | Reject>((resolve) => {
      const asker = { onAnswered: resolve, onFailed: (_: Admitted, why: Reject) => resolve(why) }
      const refusal = desk.submit({ op, params: body, ack, caller: session, asker, id: 0 })
      if (refusal !== null) resolve(refusal)
    })
    const limit = session === null ? undefined : desk.limitState(op, session.accountId)
    if (isReject(outcome)) return refused(outcome, limit)
    const reply = outcome.isBatch ? batchReply(outcome) : commandReply(outcome)
    return isReject(reply) ? refused(reply, limit) : ok(reply, limit)
  }
}

/** Whoever is not signed in has paid for one at the door. */
function pay({ price, paidFrom }: RouteDeclaration, request: RawRequest, routing: Routing): void {
  const { session, address } = request
  const network = networkOf(address)
  if (session !== null) take(routing, 'queries', session.accountId, price)
  else if (price > 1) take(routing, 'anonymous', network, price - 1)
  if (paidFrom === 'registrations') take(routing, 'registrations', network, 1)
}

/** @throws {Refusal} rate-limited */
function take({ limits }: Routing, bucket: BucketName, owner: Owner, price: number): void {
  const retryAfterMs = limits.take(bucket, owner, price)
  if (retryAfterMs === 0) return
  limits.noteLimited(owner, price)
  throw new Refusal(reject('rate-limited', { retryAfterMs }))
}

/** A command that is let in is counted by itself; one that is not is a query. */
function permitCommand(declared: RouteDeclaration, request: RawRequest, routing: Routing): void {
  const { session } = request
  const refusal = accessRefusal(declared.access, session)
  if (refusal === null) return
  if (session !== null) take(routing, 'queries', session.accountId, 1)
  throw new Refusal(refusal)
}

function permit({ access }: RouteDeclaration, session: Session | null): void {
  const refusal = accessRefusal(access, session)
  if (refusal !== null) throw new Refusal(refusal)
}

function readPath(
  { path, otherwise }: RouteDeclaration,
  names: readonly string[],
  places: readonly string[],
): object {
  if (names.length === 0) return NOTHING
  const result = path.safeParse(Object.fromEntries(names.map((name, at) => [name, places[at]])))
  if (result.success) return result.data
  const refusal = fieldReject(result.error)
  throw new Refusal(otherwise === refusal.code ? refusal : reject(otherwise))
}

function readQuery({ query }: RouteDeclaration, given: RawRequest['query']): object {
  return read(query, given)
}

function read(schema: z.ZodType<object>, value: unknown): object {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw new Refusal(fieldReject(result.error))
}

const NOTHING = {}
