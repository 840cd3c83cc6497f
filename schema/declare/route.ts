/** A route of HTTP, declared once. Its method and path are its key in `ROUTES`, so that a client needs
 *  nothing of it at run time.
 *
 *  From a declaration come the server's checks (gateway/http), the type of its handler, the call of the
 *  typed client, its place in the documents and its part in the tests that walk all routes. */
import { z } from 'zod'
import type { PaidFrom } from '../bucket.ts'
import type { Access } from '../permission.ts'
import type { RejectCode } from '../reject.ts'
import { ACK_STAGES } from './ack.ts'
import type { OperationDeclaration } from './operation.ts'

export type Method = 'GET' | 'POST' | 'DELETE'
/** `GET /v1/listings/{listingId}` */
export type RouteKeyLike = `${Method} /${string}`

export interface RouteDeclaration<
  Path extends z.ZodObject = z.ZodObject,
  Query extends z.ZodObject = z.ZodObject,
  Body extends z.ZodObject | null = z.ZodObject | null,
  Reply extends z.ZodType = z.ZodType,
  Operation extends string | null = string | null,
> {
  readonly access: Access
  readonly paidFrom: PaidFrom
  /** What it costs, in requests. */
  readonly price: number
  /** Known to the metrics by this name. */
  readonly name: string
  readonly about: string
  /** One field for each `{…}` of the path, in their order. */
  readonly path: Path
  /** What is answered when the path is not of that form: nothing of the kind can be there. */
  readonly otherwise: RejectCode
  readonly query: Query
  /** null: it has none, and none is read. */
  readonly body: Body
  readonly reply: Reply
  readonly contentType: string
  /** The operation of the WebSocket whose command it is; null: a handler of its own answers it. */
  readonly operation: Operation
}

/** Without any field: `z.strictObject({})` by itself would be one with fields of any name. */
// oxlint-disable-next-line typescript/no-generated-empty-object-type
type Nothing = z.ZodObject<Record<never, never>, z.core.$strict>
const NOTHING: Nothing = z.strictObject({})

interface RouteFacts<Path, Query, Body, Reply> {
  readonly access: Access
  readonly paidFrom: PaidFrom
  /** One when not said. */
  readonly price?: number
  readonly name: string
  readonly about: string
  readonly path?: Path
  readonly otherwise?: RejectCode
  readonly query?: Query
  readonly body?: Body
  readonly reply: Reply
  readonly contentType?: string
}

export const JSON_TYPE = 'application/json; charset=utf-8'

/** Declares a route that a handler of its own answers. */
export function route<
  Reply extends z.ZodType,
  Path extends z.ZodObject = Nothing,
  Query extends z.ZodObject = Nothing,
  Body extends z.ZodObject | null = null,
>(facts: RouteFacts<Path, Query, Body, Reply>): RouteDeclaration<Path, Query, Body, Reply, null> {
  return {
    ...facts,
    price: facts.price ?? 1,
    path: facts.path ?? (NOTHING as unknown as Path),
    otherwise: facts.otherwise ?? 'field-invalid',
    query: facts.query ?? (NOTHING as unknown as Query),
    body: facts.body ?? (null as Body),
    contentType: facts.contentType ?? JSON_TYPE,
    operation: null,
  }
}

const ackQuery = z.strictObject({
  ack: z
    .enum(ACK_STAGES)
    .default('durable')
    .describe('How far the answer must have come before it is given.'),
})

/** Declares a route whose body is what an operation asks, and whose answer is that operation's. */
export function commandRoute<
  const Name extends string,
  Params extends z.ZodObject,
  Reply extends z.ZodType,
>(
  operation: Name,
  declared: OperationDeclaration<Params, Reply> & { readonly countsAs: PaidFrom },
): RouteDeclaration<Nothing, typeof ackQuery, Params, Reply, Name> {
  const { access, about, countsAs, params, reply } = declared
  return {
    access,
    paidFrom: countsAs,
    price: 1,
    name: operation,
    about,
    path: NOTHING,
    otherwise: 'field-invalid',
    query: ackQuery,
    body: params,
    reply,
    contentType: JSON_TYPE,
    operation,
  }
}
