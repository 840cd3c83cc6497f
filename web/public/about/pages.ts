/** The pages that say who we are, what it costs and what can go wrong. */
import { address } from '../../app/address.ts'

export const ABOUT = (['company', 'fees', 'risk', 'help', 'disclosure'] as const).map((name) => ({
  name,
  to: address[name],
}))
