/** What a command asks, in 64 bits: equal for the same body, whatever its key and deadline. */
import {
  assertNever,
  COMMAND_CODES,
  FUNDING_MODES,
  GRADES,
  PURPOSES,
  TERM_MONTHS_MAX,
} from '../../schema/index.ts'
import type { Command, OpenListing } from '../../schema/index.ts'
import { hashNumbers } from '../digest/hash.ts'
import type { Hash } from '../digest/hash.ts'

export function fingerprint(command: Command): Hash {
  const code = COMMAND_CODES[command.kind]
  switch (command.kind) {
    case 'PlaceBid':
      return hashNumbers(code, command.listingId, command.amountMinor, command.ratePpm, 0, 0)
    case 'CancelBid':
      return hashNumbers(code, command.bidId, 0, 0, 0, 0)
    case 'Deposit':
      return hashNumbers(code, command.amountMinor, 0, 0, 0, 0)
    case 'OpenListing': {
      const { amountMinor, ratePpm, minBidMinor, openMs } = command
      return hashNumbers(code, amountMinor, ratePpm, minBidMinor, openMs, smallTerms(command))
    }
    default:
      return assertNever(command)
  }
}

/** The four terms with few values, as digits of one number. */
function smallTerms(command: OpenListing): number {
  let digits = FUNDING_MODES.indexOf(command.mode)
  digits = digits * GRADES.length + GRADES.indexOf(command.grade)
  digits = digits * PURPOSES.length + PURPOSES.indexOf(command.purpose)
  return digits * (TERM_MONTHS_MAX + 1) + command.termMonths
}
