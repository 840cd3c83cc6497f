/** What a run of entries changes in the tables, gathered in memory and written in one transaction.
 *
 *  Whatever happens twice to the same row inside a batch reaches the server once: a bid that is placed
 *  and closed is inserted closed, an account that moves a hundred times is updated once. */
import { ExactSum } from '../../schema/exact-sum.ts'
import type { ChangeOf, NewRow } from '../../schema/declare/table.ts'
import type { JobPayload, JobTopic } from '../../schema/job.ts'
import { TABLES } from '../../schema/table.ts'
import type { AtMs } from '../../schema/unit.ts'
import { ChangingRows } from './changing-rows.ts'
import { CopyRows } from './copy.ts'
import type { Transfer } from './ledger/transfer.ts'
import type { RecordedEntry } from './recorded-entry.ts'

type LedgerChange = ChangeOf<typeof TABLES.ledger_account, 'balance'>

/** What a ledger account moved by. */
interface Turnover {
  readonly code: number
  readonly owner: number
  readonly debits: ExactSum
  readonly credits: ExactSum
}

/** Ids that no row has yet. */
export interface NextIds {
  readonly transferId: number
  readonly jobId: number
}

/** That a batch writes to. */
export type PostedTables = Pick<
  typeof TABLES,
  'transfer' | 'outcome' | 'listing' | 'bid' | 'loan' | 'claim' | 'outbox' | 'ledger_account'
>

export class Batch {
  /** The cursor that the batch goes on from. */
  readonly from: number
  readonly tables: PostedTables
  readonly entries: RecordedEntry[] = []
  readonly transfers: CopyRows<typeof TABLES.transfer>
  readonly outcomes: CopyRows<typeof TABLES.outcome>
  readonly listings: ChangingRows<typeof TABLES.listing>
  readonly bids: ChangingRows<typeof TABLES.bid>
  readonly loans: NewRow<typeof TABLES.loan>[] = []
  readonly claims: CopyRows<typeof TABLES.claim>
  readonly jobs: NewRow<typeof TABLES.outbox>[] = []
  readonly #ledger = new Map<number, Map<number, Turnover>>()
  readonly #first: NextIds

  constructor(from: number, first: NextIds, tables: PostedTables = TABLES) {
    this.from = from
    this.#first = first
    this.tables = tables
    this.transfers = new CopyRows(tables.transfer)
    this.outcomes = new CopyRows(tables.outcome)
    this.listings = new ChangingRows(tables.listing)
    this.bids = new ChangingRows(tables.bid)
    this.claims = new CopyRows(tables.claim)
  }

  /** For the batch after this one. */
  nextIds(): NextIds {
    return {
      transferId: this.#first.transferId + this.transfers.count,
      jobId: this.#first.jobId + this.jobs.length,
    }
  }

  get rows(): number {
    return this.transfers.count + this.outcomes.count + this.bids.size + this.claims.count
  }

  transfer(transfer: Transfer, sequence: number, cause: number, atMs: AtMs): void {
    const { debitCode, debitOwner, creditCode, creditOwner, amountMinor } = transfer
    this.transfers.add({
      transfer_id: this.#first.transferId + this.transfers.count,
      sequence,
      debit_code: debitCode,
      debit_owner: debitOwner,
      credit_code: creditCode,
      credit_owner: creditOwner,
      amount_minor: amountMinor,
      cause,
      at: atMs,
    })
    this.#turnover(debitCode, debitOwner).debits.add(amountMinor)
    this.#turnover(creditCode, creditOwner).credits.add(amountMinor)
  }

  addJob<Topic extends JobTopic>(topic: Topic, payload: JobPayload<Topic>): void {
    const { jobId } = this.nextIds()
    this.jobs.push({ outbox_id: jobId, topic, payload, sent_at: null, done_at: null })
  }

  ledgerChanges(): LedgerChange[] {
    return [...this.#ledger.values()].flatMap((owners) => [...owners.values()].map(changeOf))
  }

  #turnover(code: number, owner: number): Turnover {
    let owners = this.#ledger.get(code)
    if (owners === undefined) this.#ledger.set(code, (owners = new Map()))
    let turnover = owners.get(owner)
    if (turnover === undefined) {
      turnover = { code, owner, debits: new ExactSum(), credits: new ExactSum() }
      owners.set(owner, turnover)
    }
    return turnover
  }
}

function changeOf({ code, owner, debits, credits }: Turnover): LedgerChange {
  return { code, owner, debits_minor: debits.minor, credits_minor: credits.minor }
}
