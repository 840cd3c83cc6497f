/** Rows that a batch inserts, as they stand at its end, in the order of the columns in write-batch.ts. */
import type { AtMs } from '../../schema/unit.ts'
import type { Batch } from './batch.ts'
import { CopyRows } from './copy.ts'

export function newListingRows(batch: Batch): CopyRows {
  const rows = new CopyRows(16)
  for (const { opened, openedAtMs, ...now } of batch.newListings.values()) {
    rows.beginRow()
    rows.bigint(opened.listingId)
    rows.bigint(opened.borrowerId)
    rows.text(opened.mode)
    rows.text(now.status)
    rows.bigint(opened.amountMinor)
    rows.bigint(now.fundedMinor)
    rows.integer(opened.ratePpm)
    if (now.clearingRatePpm === null) rows.nothing()
    else rows.integer(now.clearingRatePpm)
    rows.integer(opened.termMonths)
    rows.bigint(opened.minBidMinor)
    rows.integer(now.bidCount)
    rows.text(opened.grade)
    rows.text(opened.purpose)
    rows.time(openedAtMs)
    rows.time(opened.closesAtMs)
    timeOrNothing(rows, now.closedAtMs)
  }
  return rows
}

export function newBidRows(batch: Batch): CopyRows {
  const rows = new CopyRows(10)
  for (const { placed, placedAtMs, acceptedMinor, status, closedAtMs } of batch.newBids.values()) {
    rows.beginRow()
    rows.bigint(placed.bidId)
    rows.bigint(placed.listingId)
    rows.bigint(placed.accountId)
    rows.bigint(placed.amountMinor)
    rows.bigint(acceptedMinor)
    rows.bigint(placed.acceptedMinor)
    rows.integer(placed.ratePpm)
    rows.text(status)
    rows.time(placedAtMs)
    timeOrNothing(rows, closedAtMs)
  }
  return rows
}

export function loanRows(batch: Batch): CopyRows {
  const rows = new CopyRows(6)
  for (const { disbursed, atMs } of batch.newLoans) {
    rows.beginRow()
    rows.bigint(disbursed.listingId)
    rows.bigint(disbursed.borrowerId)
    rows.bigint(disbursed.amountMinor)
    rows.integer(disbursed.ratePpm)
    rows.integer(disbursed.termMonths)
    rows.time(atMs)
  }
  return rows
}

function timeOrNothing(rows: CopyRows, ms: AtMs | null): void {
  if (ms === null) rows.nothing()
  else rows.time(ms)
}
