/** The rows of loans and their repayment. */
import { bigint, date, derived, filled, integer, table, text, timestamp } from '../declare/table.ts'

export const LOAN = table('loan', {
  columns: {
    loan_id: bigint(),
    borrower_id: bigint(),
    principal_minor: bigint(),
    rate_ppm: integer(),
    term_months: integer(),
    disbursed_at: timestamp(),
  },
  key: ['loan_id'],
  changes: {},
  origin: derived(),
})

/** Who is owed a part of a loan. */
export const CLAIM = table('claim', {
  columns: {
    claim_id: bigint(),
    loan_id: bigint(),
    bid_id: bigint(),
    /** Who holds it. */
    account_id: bigint(),
    principal_minor: bigint(),
    /** What it earns a year: the loan's rate, or what its bid had asked. */
    rate_ppm: integer(),
  },
  key: ['claim_id'],
  changes: {},
  origin: derived(),
})

export const SCHEDULE = table('schedule', {
  columns: {
    loan_id: bigint(),
    method: text(),
    instalment_minor: bigint(),
    created_at: filled(timestamp(), 'now()'),
  },
  key: ['loan_id'],
  changes: {},
  origin: derived({ created_at: 'When the job was done.' }),
})

export const INSTALMENT = table('instalment', {
  columns: {
    loan_id: bigint(),
    number: integer(),
    due_on: date(),
    principal_minor: bigint(),
    interest_minor: bigint(),
  },
  key: ['loan_id', 'number'],
  changes: {},
  origin: derived(),
})
