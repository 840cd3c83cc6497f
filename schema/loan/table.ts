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
