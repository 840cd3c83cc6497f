/** A market of real processes with people in it, for system tests. */
import { setTimeout as wait } from 'node:timers/promises'
import { createNodeClient, HttpClient, RequestRefused } from '../../gateway/client/node.ts'
import type { Client } from '../../gateway/client/node.ts'
import { BIDS_PER_LISTING_MAX, listingId as toListingId } from '../../schema/index.ts'
import type { OperationInput } from '../../schema/index.ts'
import { startMarket as startLocalMarket } from '../../deploy/local/index.ts'
import type { Market, MarketOptions } from '../../deploy/local/index.ts'

export interface Person {
  readonly accountId: number
  readonly email: string
  readonly password: string
  readonly token: string
  readonly http: HttpClient
  /** Connected and logged on as this person. */
  readonly client: Client
}

export interface TestMarket extends Market {
  /** The operator, signed in once for the whole market. */
  openOperator(): Promise<Person>
  /** A new person with a session; with money when `depositMinor` is given. */
  newInvestor(options?: NewInvestor): Promise<Person>
  /** A listing of a new borrower, with terms that suit most tests. */
  openListing(terms?: Partial<OperationInput<'listing.open'>>): Promise<number>
  /** The two reviewers, signed in once for the whole market. */
  openReviewers(): Promise<readonly [Person, Person]>
  /** Both reviewers approve a full listing, once it is: its loan is paid out. */
  review(listingId: number): Promise<void>
}

export interface NewInvestor {
  readonly depositMinor?: number
  /** Which gateway it connects to. */
  readonly gateway?: number
}

const OPERATOR_EMAIL = 'operator@lendbook.example'

/** Starts a market. Call `stop` in `afterAll`; a market whose test process dies goes with it. */
export async function startMarket(options: MarketOptions = {}): Promise<TestMarket> {
  const market = await startLocalMarket(options)
  return peopled(market)
}

function peopled(market: Market): TestMarket {
  const clients: Client[] = []
  let people = 0
  let operator: Promise<Person> | undefined
  let reviewers: Promise<readonly [Person, Person]> | undefined

  const connect = (token: string, gateway: number): Client => {
    const client = createNodeClient({ url: market.wsUrls[gateway] ?? market.wsUrl, token })
    clients.push(client)
    return client
  }

  const openOperator = (): Promise<Person> => {
    operator ??= signIn(OPERATOR_EMAIL, market.staffPassword)
    return operator
  }

  const signIn = async (email: string, password: string): Promise<Person> => {
    const http = new HttpClient({ baseUrl: market.baseUrl })
    const { accountId, token } = await http.signIn({ email, password })
    return { accountId, email, password, token, http, client: connect(token, 0) }
  }

  const newInvestor = async ({ depositMinor = 0, gateway = 0 }: NewInvestor = {}) => {
    const number = ++people
    const person = { email: `person-${number}@test.example`, password: `password of ${number}` }
    const http = new HttpClient({ baseUrl: market.baseUrls[gateway] ?? market.baseUrl })
    const { accountId, token } = await http.register({ ...person, name: `Person ${number}` })
    if (depositMinor > 0) {
      const { client } = await openOperator()
      await client.deposit({ accountId, amountMinor: depositMinor })
    }
    return { accountId, ...person, token, http, client: connect(token, gateway) }
  }

  const openListing = async (terms: Partial<OperationInput<'listing.open'>> = {}) => {
    const { client } = await openOperator()
    const borrowerId = terms.borrowerId ?? (await newInvestor()).accountId
    const { amountMinor } = { ...USUAL_TERMS, ...terms }
    const minBidMinor = Math.max(SMALLEST_BID_MINOR, Math.ceil(amountMinor / BIDS_PER_LISTING_MAX))
    const asked = { ...USUAL_TERMS, minBidMinor, ...terms, borrowerId }
    const { answer } = await client.openListing(asked)
    return answer.listingId
  }

  const openReviewers = (): Promise<readonly [Person, Person]> => {
    const signInAs = (number: number) =>
      signIn(`reviewer-${number}@lendbook.example`, market.staffPassword)
    reviewers ??= Promise.all([signInAs(1), signInAs(2)])
    return reviewers
  }

  const review = async (listingId: number): Promise<void> => {
    for (const { client } of await openReviewers())
      await whenFull(() => client.approveListing({ listingId: toListingId(listingId) }))
  }

  const stop = async (): Promise<void> => {
    for (const client of clients) client.close()
    await market.stop()
  }

  return { ...market, openOperator, newInvestor, openListing, openReviewers, review, stop }
}

/** An auction is full when its time has come, which whoever asks for it cannot see to the millisecond. */
async function whenFull(approve: () => Promise<unknown>): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      await approve()
      return
    } catch (error) {
      const isEarly = error instanceof RequestRefused && error.code === 'listing-not-full'
      if (!isEarly || tries === TRIES_MAX) throw error
      await wait(TRY_AGAIN_MS)
    }
  }
}

const TRIES_MAX = 100
const TRY_AGAIN_MS = 200

/** What most listings take; a larger one takes no smaller bid than a full book can cover it with. */
const SMALLEST_BID_MINOR = 2_500

const USUAL_TERMS = {
  mode: 'fixed-rate',
  amountMinor: 1_000_000,
  ratePpm: 120_000,
  termMonths: 36,
  openMs: 10 * 60_000,
  grade: 'B',
  purpose: 'car',
} as const
