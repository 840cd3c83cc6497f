/** What each operation of the protocol does. The type of this table is the table of operations, so the
 *  compiler names the one that was forgotten. */
import {
  CHANNELS_PER_CONNECTION_MAX,
  reject,
  REQUESTS_IN_FLIGHT_MAX,
  SNAPSHOT_PART_PRICE,
} from '../../schema/index.ts'
import type {
  AckStage,
  CommandOperation,
  OperationName,
  OperationParams,
  OperationReplies,
  Reject,
} from '../../schema/index.ts'
import { isReject } from '../admit/desk.ts'
import type { Desk } from '../admit/desk.ts'
import type { RateLimits } from '../admit/rate-limits.ts'
import type { Feed } from '../feed/feed.ts'
import type { Sessions } from '../person/sessions.ts'
import type { Outcomes } from '../keys/outcomes.ts'
import type { OwnBids } from '../market/own-bids.ts'
import { ownerOf } from '../keys/owner.ts'
import type { Connection } from './connection.ts'

export interface Handling {
  readonly desk: Desk
  readonly feed: Feed
  readonly limits: RateLimits
  readonly sessions: Sessions
  readonly outcomes: Outcomes
  readonly ownBids: OwnBids
  readonly now: () => number
}

/** An answer at once, an answer later, or null: the engine will answer. */
type Outcome<Op extends OperationName> =
  OperationReplies[Op] | Reject | null | Promise<OperationReplies[Op] | Reject>

interface Request<Op extends OperationName> {
  readonly connection: Connection
  readonly id: number
  readonly params: OperationParams<Op>
  readonly ack: AckStage
}

type Handlers = {
  readonly [Op in Exclude<OperationName, CommandOperation>]: (
    request: Request<Op>,
    handling: Handling,
  ) => Outcome<Op>
}

export const HANDLERS: Handlers = {
  ping: (_, { now }) => ({ atMs: now() }),

  logon: async ({ connection, params }, { sessions, feed }) => {
    const session = await sessions.find(params.token, connection.network)
    if (session === null) return reject('session-expired')
    if (connection.isClosed) return reject('session-expired')
    if (connection.session !== null && connection.session.accountId !== session.accountId)
      leavePrivate(connection, feed)
    connection.session = session
    const { accountId, roles } = session
    return { accountId, roles, channels: [...connection.following] }
  },

  logout: async ({ connection }, { sessions, feed }) => {
    const { session } = connection
    if (session === null) return reject('not-logged-on')
    leavePrivate(connection, feed)
    connection.session = null
    await sessions.end(session)
    return { accountId: null, channels: [...connection.following] }
  },

  subscribe: ({ connection, params, id }, handling) => {
    const { feed } = handling
    const names = new Set([
      ...connection.following,
      ...params.channels.map((asked) => asked.channel),
    ])
    if (names.size > CHANNELS_PER_CONNECTION_MAX)
      return reject('field-invalid', { field: 'channels' })
    const followed = feed.subscribe(connection, params.channels, (parts) =>
      payQuery(connection, parts * SNAPSHOT_PART_PRICE, handling),
    )
    if (isReject(followed)) return followed
    // The reply first: the frames that follow it are told by it to be a snapshot or what was missed.
    connection.reply({ t: 'reply', id, ok: true, r: followed.reply })
    followed.begin()
    return null
  },

  unsubscribe: ({ connection, params }, { feed }) => {
    for (const channel of params.channels) feed.unsubscribe(connection, channel)
    return { channels: [...connection.following] }
  },

  'bid.get': async ({ connection: { session }, params }, { ownBids }) =>
    session === null ? reject('not-logged-on') : ownBids.get(session.accountId, params.bidId),

  'bid.find': async ({ connection: { session }, params }, { ownBids }) =>
    session === null ? reject('not-logged-on') : ownBids.find(session.accountId, params.key),

  'outcome.get': async ({ connection, params }, { outcomes }) =>
    connection.session === null
      ? reject('not-logged-on')
      : outcomes.find(ownerOf(connection.session, params.accountId), params.key),
}

/** @returns null when it is paid: by the account, or by the network of one that is not signed in */
export function payQuery(
  { session, network }: Connection,
  price: number,
  { limits }: Handling,
): Reject | null {
  if (price === 0) return null
  const retryAfterMs =
    session === null
      ? limits.take('anonymous', network, price)
      : limits.take('queries', session.accountId, price)
  return retryAfterMs === 0 ? null : reject('rate-limited', { retryAfterMs })
}

/** Hands a command to the desk, as long as this connection has not too many under way. */
export function submitCommand(
  request: Omit<Request<CommandOperation>, 'params'> & { readonly params: unknown },
  op: CommandOperation,
  { desk }: Handling,
): Reject | null {
  const { connection, id, params, ack } = request
  if (connection.inFlight >= REQUESTS_IN_FLIGHT_MAX)
    return reject('too-many-in-flight', { retryAfterMs: 50 })
  const refusal = desk.submit({
    op,
    params,
    ack,
    caller: connection.session,
    asker: connection,
    id,
  })
  if (refusal === null) connection.inFlight++
  return refusal
}

export function leavePrivate(connection: Connection, feed: Feed): void {
  for (const channel of ['cash', 'bids']) feed.unsubscribe(connection, channel)
}
