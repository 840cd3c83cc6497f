/** Every table of schema/migration as the programs see it, from the declarations of each area. BIGINT
 *  arrives as a safe number (asserted by the driver's parser), NUMERIC as a bigint, timestamptz as Date.
 *
 *  A new table is its migration, a declaration in its area's `table.ts` and a row here. */
import type { KyselyTable } from './declare/table.ts'
import {
  ENGINE_SNAPSHOT,
  MARKET_IDENTITY,
  SETTLEMENT_CURSOR,
  SETTLEMENT_JOURNAL,
  SETTLEMENT_LEASE,
} from './journal/table.ts'
import { OUTCOME } from './keys/table.ts'
import { LEDGER_ACCOUNT, LEDGER_CHART, OUTBOX, TRANSFER } from './ledger/table.ts'
import { CLAIM, INSTALMENT, LOAN, SCHEDULE } from './loan/table.ts'
import { BID, LISTING } from './market/table.ts'
import { DEVICE, PERSON, SESSION } from './person/table.ts'

export const TABLES = {
  market_identity: MARKET_IDENTITY,
  settlement_journal: SETTLEMENT_JOURNAL,
  settlement_cursor: SETTLEMENT_CURSOR,
  settlement_lease: SETTLEMENT_LEASE,
  engine_snapshot: ENGINE_SNAPSHOT,
  ledger_chart: LEDGER_CHART,
  ledger_account: LEDGER_ACCOUNT,
  transfer: TRANSFER,
  outbox: OUTBOX,
  listing: LISTING,
  bid: BID,
  loan: LOAN,
  claim: CLAIM,
  schedule: SCHEDULE,
  instalment: INSTALMENT,
  outcome: OUTCOME,
  person: PERSON,
  session: SESSION,
  device: DEVICE,
} as const

/** What kysely is told of them. */
export type Tables = { [Name in keyof typeof TABLES]: KyselyTable<(typeof TABLES)[Name]> }
