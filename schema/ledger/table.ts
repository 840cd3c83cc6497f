/** The rows of the ledger, and of the work that its commits ask others for. */
import {
  bigint,
  derived,
  filled,
  integer,
  jsonb,
  nullable,
  numeric,
  oneOf,
  original,
  smallint,
  table,
  text,
  timestamp,
} from '../declare/table.ts'
import { JOB_TOPICS } from '../job.ts'

export const LEDGER_CHART = table('ledger_chart', {
  columns: {
    code: smallint(),
    name: text(),
    ledger: oneOf(['custody', 'claims']),
    normal: oneOf(['debit', 'credit']),
  },
  key: ['code'],
  changes: {},
  origin: original('Made by a migration; compared with the chart of the code.'),
})

export const LEDGER_ACCOUNT = table('ledger_account', {
  columns: {
    code: smallint(),
    owner: bigint(),
    /** All that ever left and came: without a bound, unlike their difference. */
    debits_minor: numeric(),
    credits_minor: numeric(),
  },
  key: ['code', 'owner'],
  changes: {
    /** Moved by what is added to it, never set. */
    balance: ['debits_minor', 'credits_minor'],
  },
  origin: derived(),
})

export const TRANSFER = table('transfer', {
  columns: {
    transfer_id: bigint(),
    /** The entry that caused it. */
    sequence: bigint(),
    debit_code: smallint(),
    debit_owner: bigint(),
    credit_code: smallint(),
    credit_owner: bigint(),
    amount_minor: bigint(),
    /** The number of the event that caused it. */
    cause: smallint(),
    at: timestamp(),
  },
  key: ['transfer_id'],
  changes: {},
  origin: derived(),
})

export const OUTBOX = table('outbox', {
  columns: {
    outbox_id: bigint(),
    topic: oneOf(JOB_TOPICS),
    payload: jsonb(),
    created_at: filled(timestamp(), 'now()'),
    sent_at: nullable(timestamp()),
    attempts: filled(integer(), '0'),
    done_at: nullable(timestamp()),
  },
  key: ['outbox_id'],
  changes: {},
  origin: derived({
    created_at: 'When its entry was posted.',
    sent_at: 'When it was last sent to the queue.',
    attempts: 'How often it was sent.',
    done_at: 'When it was done; that it was done is held against what the job leaves.',
  }),
})
