/** The tables of schema/migration as the programs see them. BIGINT arrives as a safe number (asserted
 *  by the driver's parser), timestamptz as Date. */
import type { BidStatus, ListingStatus } from './channel.ts'
import type { FundingMode, Grade, Purpose } from './command.ts'
import type { Digest, EntryId, Source } from './entry.ts'
import type { JobTopic } from './job.ts'
import type { Role } from './permission.ts'

/** A column the database fills in when an insert leaves it out. */
export interface Filled<T> {
  readonly __select__: T
  readonly __insert__: T | undefined
  readonly __update__: T
}

export interface Tables {
  settlement_journal: {
    sequence: number
    entry_id: EntryId
    at: Date
    source: Source
    batch: number
    commands: Uint8Array
    events: Uint8Array
    digest: Digest
    chain_hash: Uint8Array
  }
  settlement_cursor: {
    stage: 'recorded' | 'settled'
    sequence: number
    entry_id: EntryId
    digest: Digest
    chain_hash: Uint8Array
  }
  ledger_chart: {
    code: number
    name: string
    ledger: 'custody' | 'claims'
    normal: 'debit' | 'credit'
  }
  ledger_account: { code: number; owner: number; debits_minor: number; credits_minor: number }
  transfer: {
    transfer_id: number
    sequence: number
    debit_code: number
    debit_owner: number
    credit_code: number
    credit_owner: number
    amount_minor: number
    cause: number
    at: Date
  }
  listing: {
    listing_id: number
    borrower_id: number
    mode: FundingMode
    status: ListingStatus
    amount_minor: number
    funded_minor: number
    rate_ppm: number
    clearing_rate_ppm: number | null
    term_months: number
    min_bid_minor: number
    bid_count: number
    grade: Grade
    purpose: Purpose
    opened_at: Date
    closes_at: Date
    closed_at: Date | null
  }
  bid: {
    bid_id: number
    listing_id: number
    account_id: number
    amount_minor: number
    accepted_minor: number
    placed_minor: number
    rate_ppm: number
    status: BidStatus
    placed_at: Date
    closed_at: Date | null
  }
  outcome: { account_id: number; key: string; sequence: number; place: number }
  loan: {
    loan_id: number
    borrower_id: number
    principal_minor: number
    rate_ppm: number
    term_months: number
    disbursed_at: Date
  }
  schedule: {
    loan_id: number
    method: string
    instalment_minor: number
    created_at: Filled<Date>
  }
  instalment: {
    loan_id: number
    number: number
    due_on: string
    principal_minor: number
    interest_minor: number
  }
  outbox: {
    outbox_id: number
    topic: JobTopic
    payload: unknown
    created_at: Filled<Date>
    sent_at: Date | null
    attempts: Filled<number>
    done_at: Date | null
  }
  engine_snapshot: {
    sequence: number
    entry_id: EntryId
    digest: Digest
    number: number
    chunks: number
    checksum: Uint8Array
    body: Uint8Array
    created_at: Filled<Date>
  }
  person: {
    account_id: Filled<number>
    email: string
    name: string
    password_hash: string
    roles: Role[]
    created_at: Filled<Date>
  }
  session: {
    token_hash: Uint8Array
    account_id: number
    created_at: Filled<Date>
    expires_at: Date
  }
}
