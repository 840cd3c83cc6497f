/** What a run of entries changes in the tables, gathered in memory and written in one transaction.
 *
 *  Whatever happens twice to the same row inside a batch reaches the server once: a bid that is placed
 *  and closed is inserted closed, an account that moves a hundred times is updated once. */
import type { BidPlaced, ListingOpened, LoanDisbursed } from '../../schema/event.ts'
import type { BidStatus, ListingStatus } from '../../schema/channel.ts'
import type { JobPayload, JobTopic } from '../../schema/job.ts'
import type { AtMs } from '../../schema/unit.ts'
import { CopyRows } from './copy.ts'
import type { Transfer } from './ledger/postings.ts'
import type { RecordedEntry } from './recorded-entry.ts'

export interface BidChange {
  acceptedMinor: number
  status: BidStatus
  closedAtMs: AtMs | null
}

export interface NewBid extends BidChange {
  readonly placed: BidPlaced
  readonly placedAtMs: AtMs
}

export interface ListingChange {
  fundedMinor: number
  bidCount: number
  status: ListingStatus
  clearingRatePpm: number | null
  closedAtMs: AtMs | null
}

export interface NewListing extends ListingChange {
  readonly opened: ListingOpened
  readonly openedAtMs: AtMs
}

export interface NewLoan {
  readonly disbursed: LoanDisbursed
  readonly atMs: AtMs
}

/** What a ledger account moved by. */
export interface LedgerChange {
  readonly code: number
  readonly owner: number
  debitsMinor: number
  creditsMinor: number
}

export interface NewJob {
  readonly topic: JobTopic
  readonly payload: JobPayload<JobTopic>
}

/** Ids that no row has yet. */
export interface NextIds {
  readonly transferId: number
  readonly jobId: number
}

export class Batch {
  /** The cursor that the batch goes on from. */
  readonly from: number
  readonly entries: RecordedEntry[] = []
  readonly transfers = new CopyRows(9)
  readonly outcomes = new CopyRows(4)
  readonly newBids = new Map<number, NewBid>()
  readonly bidChanges = new Map<number, BidChange>()
  readonly newListings = new Map<number, NewListing>()
  readonly listingChanges = new Map<number, ListingChange>()
  readonly newLoans: NewLoan[] = []
  readonly newJobs: NewJob[] = []
  readonly #ledger = new Map<number, Map<number, LedgerChange>>()
  readonly firstTransferId: number
  readonly firstJobId: number

  constructor(from: number, first: NextIds) {
    this.from = from
    this.firstTransferId = first.transferId
    this.firstJobId = first.jobId
  }

  /** For the batch after this one. */
  nextIds(): NextIds {
    return {
      transferId: this.firstTransferId + this.transfers.count,
      jobId: this.firstJobId + this.newJobs.length,
    }
  }

  get rows(): number {
    return this.transfers.count + this.outcomes.count + this.newBids.size + this.bidChanges.size
  }

  transfer(transfer: Transfer, sequence: number, cause: number, atMs: AtMs): void {
    const { debitCode, debitOwner, creditCode, creditOwner, amountMinor } = transfer
    const row = this.transfers
    row.beginRow()
    row.bigint(this.firstTransferId + row.count - 1)
    row.bigint(sequence)
    row.smallint(debitCode)
    row.bigint(debitOwner)
    row.smallint(creditCode)
    row.bigint(creditOwner)
    row.bigint(amountMinor)
    row.smallint(cause)
    row.time(atMs)
    this.#change(debitCode, debitOwner).debitsMinor += amountMinor
    this.#change(creditCode, creditOwner).creditsMinor += amountMinor
  }

  outcome(accountId: number, key: string, sequence: number, place: number): void {
    const row = this.outcomes
    row.beginRow()
    row.bigint(accountId)
    row.uuid(key)
    row.bigint(sequence)
    row.integer(place)
  }

  changeBid(bidId: number, acceptedMinor: number, status: BidStatus, atMs: AtMs): void {
    const closedAtMs = status === 'open' ? null : atMs
    const created = this.newBids.get(bidId)
    if (created === undefined) this.bidChanges.set(bidId, { acceptedMinor, status, closedAtMs })
    else Object.assign(created, { acceptedMinor, status, closedAtMs })
  }

  changeListing(listingId: number, change: ListingChange): void {
    const created = this.newListings.get(listingId)
    if (created === undefined) this.listingChanges.set(listingId, change)
    else Object.assign(created, change)
  }

  ledgerChanges(): LedgerChange[] {
    return [...this.#ledger.values()].flatMap((owners) => [...owners.values()])
  }

  #change(code: number, owner: number): LedgerChange {
    let owners = this.#ledger.get(code)
    if (owners === undefined) this.#ledger.set(code, (owners = new Map()))
    let change = owners.get(owner)
    if (change === undefined)
      owners.set(owner, (change = { code, owner, debitsMinor: 0, creditsMinor: 0 }))
    return change
  }
}
