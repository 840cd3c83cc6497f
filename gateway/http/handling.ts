/** What the handlers of routes are given and give. The type of their table is the table of routes. */
import type {
  HandledRoute,
  MarketAnswer,
  RouteAsked,
  RouteReply,
  ROUTES,
} from '../../schema/index.ts'
import type { Desk } from '../admit/desk.ts'
import type { RateLimits } from '../admit/rate-limits.ts'
import type { Feed } from '../feed/feed.ts'
import type { Outcomes } from '../keys/outcomes.ts'
import type { OwnBids } from '../market/own-bids.ts'
import type { Persons } from '../person/persons.ts'
import type { Session, Sessions } from '../person/sessions.ts'
import type { Records } from '../records/records.ts'
import type { Written } from './answer.ts'

/** The parts of the gateway that routes are answered from. */
export interface Routing {
  readonly desk: Desk
  readonly feed: Feed
  readonly limits: RateLimits
  readonly persons: Persons
  readonly sessions: Sessions
  readonly records: Records
  readonly outcomes: Outcomes
  readonly ownBids: OwnBids
  readonly market: () => MarketAnswer
}

/** A request, paid for, permitted and read. */
export interface Asked<Key extends HandledRoute> extends RouteAsked<Key> {
  readonly session: (typeof ROUTES)[Key]['access'] extends 'anyone' ? Session | null : Session
  /** Of the network. */
  readonly address: string
}

type Given<Key extends HandledRoute> = RouteReply<Key> | Written<RouteReply<Key>>

/** One handler for each route that no operation answers. */
export type Handlers = {
  readonly [Key in HandledRoute]: (
    asked: Asked<Key>,
    routing: Routing,
  ) => Given<Key> | Promise<Given<Key>>
}
