/** The operator of the demo market: opens listings for borrowers and takes one back when they say so,
 *  tells of cash that has arrived. All of it through the public protocol, like anyone with that role. */
import { createNodeClient } from '../../gateway/client/node.ts'
import type { Client } from '../../gateway/client/node.ts'
import { accountId, listingId, minor } from '../../schema/index.ts'
import type { Draft } from './listing-desk.ts'
import type { People } from './people.ts'

const EMAIL = 'operator@lendbook.example'

export class Operator {
  readonly client: Client

  private constructor(client: Client) {
    this.client = client
  }

  /** Signs in; the gateway has seen to it that there is an operator. */
  static async enter(people: People, wsUrl: string, password: string): Promise<Operator> {
    const credentials = { email: EMAIL, password }
    const enter = () => people.enter(credentials, (http) => http.signIn(credentials))
    const { token } = await enter()
    const client = createNodeClient({ url: wsUrl, token })
    client.listen({
      onSignedOut: () =>
        void enter().then(
          (session) => client.logon(session.token),
          () => client.close(),
        ),
    })
    return new Operator(client)
  }

  async list(borrowerId: number, draft: Draft): Promise<void> {
    await this.client.openListing({ borrowerId: accountId(borrowerId), ...draft })
  }

  async withdraw(borrowerId: number, listing: number): Promise<void> {
    const withdrawn = { borrowerId: accountId(borrowerId), listingId: listingId(listing) }
    await this.client.withdrawListing(withdrawn)
  }

  async deposit(owner: number, amountMinor: number): Promise<void> {
    await this.client.deposit({ accountId: accountId(owner), amountMinor: minor(amountMinor) })
  }
}
