/** The routes of HTTP, from the declarations of each area.
 *
 *  A new route is a declaration in its area's `route.ts`; then the compiler asks for its handler in the
 *  gateway's area of the same name, unless an operation of the WebSocket answers it. A refusal has its
 *  row's HTTP status and the body `{ "error": Reject }`. */
import type { z } from 'zod'
import { CASH_ROUTES } from './cash/route.ts'
import type { RouteDeclaration, RouteKeyLike } from './declare/route.ts'
import type { Said } from './declare/shape.ts'
import { KEY_ROUTES } from './keys/route.ts'
import { MARKET_ROUTES } from './market/route.ts'
import { PERSON_ROUTES } from './person/route.ts'
import { REFERENCE_ROUTES } from './reference/route.ts'

/** By method and path, in the order of the documents. */
export const ROUTES = {
  ...PERSON_ROUTES,
  ...MARKET_ROUTES,
  ...CASH_ROUTES,
  ...KEY_ROUTES,
  ...REFERENCE_ROUTES,
} as const satisfies Record<RouteKeyLike, RouteDeclaration>

type Routes = typeof ROUTES
export type RouteKey = keyof Routes
export const ROUTE_KEYS = Object.keys(ROUTES) as readonly RouteKey[]

export type RouteReply<Key extends RouteKey> = Said<Routes[Key]['reply']>

/** Those that a handler of their own answers. */
export type HandledRoute = {
  [Key in RouteKey]: Routes[Key]['operation'] extends null ? Key : never
}[RouteKey]

/** What a handler is given, read. */
export interface RouteAsked<Key extends RouteKey> {
  readonly path: z.output<Routes[Key]['path']>
  readonly query: z.output<Routes[Key]['query']>
  readonly body: Routes[Key]['body'] extends z.ZodType ? z.output<Routes[Key]['body']> : null
}

/** What a caller gives: only the parts that the route has. */
export type RouteInput<Key extends RouteKey> = Part<'path', z.input<Routes[Key]['path']>> &
  Part<'query', z.input<Routes[Key]['query']>> &
  (Routes[Key]['body'] extends z.ZodType
    ? { readonly body: z.input<Routes[Key]['body']> }
    : unknown)

/** Left out when there is nothing to say; may be left out when nothing has to be said. */
type Part<Name extends string, Input> = keyof Input extends never
  ? unknown
  : CanBeEmpty<Input> extends true
    ? { readonly [Only in Name]?: Input }
    : { readonly [Only in Name]: Input }

/** True when nothing has to be said: every part may be left out. */
// oxlint-disable-next-line typescript/no-generated-empty-object-type
export type CanBeEmpty<Input> = Record<never, never> extends Input ? true : false
