/** Every route of `/v1`, in the order of the table in schema/http.ts. */
import {
  ackStageSchema,
  bidsQuerySchema,
  credentialsSchema,
  isPermitted,
  keySchema,
  listingsQuerySchema,
  registrationSchema,
  reject,
} from '../../schema/index.ts'
import type {
  AckStage,
  CashAnswer,
  ListingAnswer,
  ListingId,
  MarketAnswer,
  Permission,
  Reject,
} from '../../schema/index.ts'
import type { z } from 'zod'
import type { Admitted } from '../admit/admitted.ts'
import { COMMAND_FORMS } from '../admit/commands.ts'
import type { CommandOperation } from '../admit/commands.ts'
import { isReject } from '../admit/desk.ts'
import type { Desk } from '../admit/desk.ts'
import { fieldReject } from '../admit/field-reject.ts'
import type { RateLimits } from '../admit/rate-limits.ts'
import { batchReply, commandReply } from '../admit/reply.ts'
import type { Feed } from '../feed/feed.ts'
import type { Persons } from '../person/persons.ts'
import type { Session, Sessions } from '../person/sessions.ts'
import type { Records } from '../records/records.ts'
import { Refusal } from '../refusal.ts'
import { ok, refused } from './answer.ts'
import type { Answer } from './answer.ts'
import { listingAnswer, listingsAnswer } from '../market/listing-queries.ts'

export interface Routing {
  readonly desk: Desk
  readonly feed: Feed
  readonly limits: RateLimits
  readonly persons: Persons
  readonly sessions: Sessions
  readonly records: Records
  readonly market: () => MarketAnswer
}

/** A request with all that a handler may look at, copied: uWebSockets takes its own back. */
export interface Asked {
  readonly param: string
  readonly query: Readonly<Record<string, string>>
  readonly body: unknown
  readonly session: Session | null
  readonly address: string
}

type Handle = (asked: Asked, routing: Routing) => Answer | Promise<Answer>

export interface Route {
  readonly method: 'get' | 'post' | 'del'
  readonly path: string
  /** Known to the metrics by this name. */
  readonly name: string
  readonly handle: Handle
}

export const ROUTES: readonly Route[] = [
  route(
    'post',
    '/v1/persons',
    'person.register',
    async ({ body, address }, { limits, persons }) => {
      pay(limits, 'registrations', address)
      return ok(await persons.register(read(registrationSchema, body)))
    },
  ),
  route('post', '/v1/sessions', 'session.start', async ({ body, address }, { persons }) =>
    ok(await persons.signIn(read(credentialsSchema, body), address)),
  ),
  route('del', '/v1/sessions', 'session.end', async (asked, { sessions }) => {
    await sessions.end(signedIn(asked))
    return ok({})
  }),
  route('get', '/v1/me', 'person.me', async (asked, { persons }) =>
    ok(await persons.me(signedIn(asked))),
  ),
  route('get', '/v1/market', 'market.get', (_, { market }) => ok(market())),
  route('get', '/v1/listings', 'listing.list', ({ query }, { feed, records }) =>
    listingsAnswer(read(listingsQuerySchema, query), feed.view, records),
  ),
  route('get', '/v1/listings/:id', 'listing.get', async ({ param }, { feed, records }) => {
    const listingId = Number(param)
    if (!Number.isSafeInteger(listingId) || listingId < 1)
      throw new Refusal(reject('listing-unknown'))
    const answer: ListingAnswer = await listingAnswer(listingId as ListingId, feed.view, records)
    return ok(answer)
  }),
  route('get', '/v1/cash', 'cash.get', async (asked, { feed, records }) => {
    const { accountId } = permitted(asked, 'own.read')
    const investedMinor = await records.investedMinor(accountId)
    const { sequence } = feed.view
    return ok({
      sequence,
      ...feed.view.account(accountId).cash(),
      investedMinor,
    } satisfies CashAnswer)
  }),
  route('get', '/v1/bids', 'bid.list', async (asked, { records, market }) => {
    const { accountId } = permitted(asked, 'own.read')
    const page = read(bidsQuerySchema, asked.query)
    const sequence = market().settled
    const bids = await records.bids(accountId, page)
    const nextAfter = bids.length === page.limit ? (bids.at(-1)?.bidId ?? null) : null
    return ok({ sequence, bids, nextAfter })
  }),
  route('get', '/v1/outcomes/:key', 'outcome.get', async (asked, { records }) => {
    const { accountId } = permitted(asked, 'own.read')
    return ok(await records.outcome(accountId, read(keySchema, asked.param, 'key')))
  }),
  command('/v1/bids', 'bid.place'),
  command('/v1/bids/cancel', 'bid.cancel'),
  command('/v1/bids/batch', 'bid.batch'),
  command('/v1/deposits', 'cash.deposit'),
  command('/v1/listings', 'listing.open'),
]

function route(method: Route['method'], path: string, name: string, handle: Handle): Route {
  return { method, path, name, handle }
}

function command(path: string, op: CommandOperation): Route {
  return route('post', path, op, async (asked, routing) => {
    const ack = read(ackStageSchema.default('durable'), asked.query['ack'], 'ack')
    const outcome = await submitted(asked, op, ack, routing)
    const { session } = asked
    const limit = session === null ? undefined : routing.desk.limitState(op, session.accountId)
    if (isReject(outcome)) return refused(outcome, limit)
    const reply = outcome.isBatch ? batchReply(outcome) : commandReply(outcome)
    return isReject(reply) ? refused(reply, limit) : ok(reply, limit)
  })
}

function submitted(
  { body, session }: Asked,
  op: CommandOperation,
  ack: AckStage,
  { desk }: Routing,
): Promise<Admitted | Reject> {
  return new Promise((resolve) => {
    const asker = {
      onAnswered: resolve,
      onFailed: (_: Admitted, why: Reject) => resolve(why),
    }
    const refusal = desk.submit({ op, params: body, ack, caller: session, asker, id: 0 })
    if (refusal !== null) resolve(refusal)
  })
}

/** The routes whose body is a command pay from that command's bucket, not from the queries'. */
export function isCommandRoute({ name, method }: Route): boolean {
  return method === 'post' && Object.hasOwn(COMMAND_FORMS, name)
}

function read<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  field?: string,
): z.output<Schema> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw new Refusal(fieldReject(result.error, field === undefined ? [] : [field]))
}

function signedIn({ session }: Asked): Session {
  if (session === null) throw new Refusal(reject('not-logged-on'))
  return session
}

function permitted(asked: Asked, permission: Permission): Session {
  const session = signedIn(asked)
  if (!isPermitted(permission, session.roles)) throw new Refusal(reject('permission-missing'))
  return session
}

function pay(limits: RateLimits, bucket: 'registrations', owner: string): void {
  const retryAfterMs = limits.take(bucket, owner, 1)
  if (retryAfterMs > 0) throw new Refusal(reject('rate-limited', { retryAfterMs }))
}
