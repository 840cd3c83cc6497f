/** A batch into the tables: one transaction, begun with the cursor's compare-and-set, so that of two
 *  settlers only one gets past its first statement. */
import type { Pool, PoolClient } from 'pg'
import { assert } from '../../schema/unit.ts'
import type { Batch } from './batch.ts'
import { copyInto } from './copy.ts'
import { moveCursor } from './cursor.ts'
import { loanRows, newBidRows, newListingRows } from './new-rows.ts'
import { transact } from './transact.ts'

/** Throws CursorMoved when another settler has posted from the same cursor; after any other error the
 *  outcome is unknown: read the cursor, and the tables, again. */
export async function writeBatch(pool: Pool, batch: Batch): Promise<void> {
  const last = batch.entries.at(-1)
  assert(last !== undefined, 'there is something to post')
  assert(last.sequence === batch.from + batch.entries.length, 'what is posted has no gaps')
  await transact(pool, BEGIN, async (client) => {
    await moveCursor(client, 'settled', batch.from, last)
    await copyInto(client, TRANSFERS, batch.transfers)
    await moveBalances(client, batch)
    await copyInto(client, NEW_LISTINGS, newListingRows(batch))
    await changeListings(client, batch)
    await copyInto(client, NEW_BIDS, newBidRows(batch))
    await changeBids(client, batch)
    await copyInto(client, LOANS, loanRows(batch))
    await addJobs(client, batch)
    await copyInto(client, OUTCOMES, batch.outcomes)
  })
}

/** All of it can be derived again from the settlement journal, so it need not wait for the disk: off may
 *  lose the last half second when the server crashes, never consistency, and a worker's later commit
 *  brings all before it to the disk. The rows to change are always few against their tables, whatever
 *  the planner thinks of an array's length: by index. */
const BEGIN = `begin;
  set local synchronous_commit = off;
  set local enable_seqscan = off;
  set local enable_hashjoin = off;
  set local enable_mergejoin = off`

const TRANSFERS = `transfer (transfer_id, sequence, debit_code, debit_owner, credit_code,
  credit_owner, amount_minor, cause, at)`
const OUTCOMES = 'outcome (account_id, key, sequence, place)'
const NEW_LISTINGS = `listing (listing_id, borrower_id, mode, status, amount_minor, funded_minor,
  rate_ppm, clearing_rate_ppm, term_months, min_bid_minor, bid_count, grade, purpose, opened_at,
  closes_at, closed_at)`
const NEW_BIDS = `bid (bid_id, listing_id, account_id, amount_minor, accepted_minor, placed_minor,
  rate_ppm, status, placed_at, closed_at)`
const LOANS = 'loan (loan_id, borrower_id, principal_minor, rate_ppm, term_months, disbursed_at)'

async function moveBalances(client: PoolClient, batch: Batch): Promise<void> {
  const changes = batch.ledgerChanges()
  if (changes.length === 0) return
  const { rowCount } = await client.query({
    name: 'move-balances',
    text: `
      merge into ledger_account a
      using unnest($1::smallint[], $2::bigint[], $3::bigint[], $4::bigint[])
         as d (code, owner, debits_minor, credits_minor)
      on a.code = d.code and a.owner = d.owner
      when matched then update set
        debits_minor = a.debits_minor + d.debits_minor,
        credits_minor = a.credits_minor + d.credits_minor
      when not matched then insert (code, owner, debits_minor, credits_minor)
        values (d.code, d.owner, d.debits_minor, d.credits_minor)`,
    values: [
      list(changes, (change) => change.code),
      list(changes, (change) => change.owner),
      list(changes, (change) => change.debitsMinor),
      list(changes, (change) => change.creditsMinor),
    ],
  })
  assert(rowCount === changes.length, 'every balance that moved is written')
}

async function changeListings(client: PoolClient, batch: Batch): Promise<void> {
  const changes = [...batch.listingChanges]
  if (changes.length === 0) return
  const { rowCount } = await client.query({
    name: 'change-listings',
    text: `
      update listing l set
        funded_minor = d.funded_minor,
        bid_count = d.bid_count,
        status = d.status,
        clearing_rate_ppm = d.clearing_rate_ppm,
        closed_at = to_timestamp(d.closed_at_ms / 1000.0)
      from unnest($1::bigint[], $2::bigint[], $3::integer[], $4::text[], $5::integer[], $6::bigint[])
        as d (listing_id, funded_minor, bid_count, status, clearing_rate_ppm, closed_at_ms)
      where l.listing_id = d.listing_id`,
    values: [
      list(changes, ([listingId]) => listingId),
      list(changes, ([, change]) => change.fundedMinor),
      list(changes, ([, change]) => change.bidCount),
      list(changes, ([, change]) => change.status),
      list(changes, ([, change]) => change.clearingRatePpm),
      list(changes, ([, change]) => change.closedAtMs),
    ],
  })
  assert(rowCount === changes.length, 'every listing that changed is written')
}

async function changeBids(client: PoolClient, batch: Batch): Promise<void> {
  const changes = [...batch.bidChanges]
  if (changes.length === 0) return
  const { rowCount } = await client.query({
    name: 'change-bids',
    text: `
      update bid b set
        accepted_minor = d.accepted_minor,
        status = d.status,
        closed_at = to_timestamp(d.closed_at_ms / 1000.0)
      from unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[])
        as d (bid_id, accepted_minor, status, closed_at_ms)
      where b.bid_id = d.bid_id`,
    values: [
      list(changes, ([bidId]) => bidId),
      list(changes, ([, change]) => change.acceptedMinor),
      list(changes, ([, change]) => change.status),
      list(changes, ([, change]) => change.closedAtMs),
    ],
  })
  assert(rowCount === changes.length, 'every bid that changed is written')
}

async function addJobs(client: PoolClient, { newJobs, firstJobId }: Batch): Promise<void> {
  if (newJobs.length === 0) return
  await client.query({
    name: 'add-jobs',
    text: `
      insert into outbox (outbox_id, topic, payload)
      select * from unnest($1::bigint[], $2::text[], $3::jsonb[])`,
    values: [
      newJobs.map((_, index) => firstJobId + index),
      newJobs.map((job) => job.topic),
      newJobs.map((job) => JSON.stringify(job.payload)),
    ],
  })
}

/** An array as Postgres reads it, from numbers and words of our own; the driver's own way escapes each
 *  element and takes several times as long. */
function list<Row>(rows: readonly Row[], value: (row: Row) => number | string | null): string {
  return `{${rows.map((row) => value(row) ?? 'NULL').join(',')}}`
}
