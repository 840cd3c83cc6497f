/** The rows of loans and their repayment. */
import { bigint, date, filled, integer, table, text, timestamp } from '../declare/table.ts'

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
})
