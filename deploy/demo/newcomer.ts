/** The investor that a newcomer may sign in as, with money to lend. */
import { HttpClient } from '../../gateway/client/index.ts'
import type { Operator } from './operator.ts'
import type { People } from './people.ts'

const CASH_MINOR = 2_500_000

/** Makes sure that the person exists and was given cash once. */
export async function welcomeNewcomer(
  people: People,
  operator: Operator,
  baseUrl: string,
  credentials: { readonly email: string; readonly password: string },
): Promise<void> {
  const { accountId, token } = await people.enter(credentials, (http) =>
    http.register({ ...credentials, name: 'Demo Investor' }),
  )
  const http = new HttpClient({ baseUrl, token })
  const { availableMinor, heldMinor, investedMinor } = await http.ask('GET /v1/cash')
  const isPenniless = availableMinor + heldMinor + investedMinor === 0
  if (isPenniless) await operator.deposit(accountId, CASH_MINOR)
}
