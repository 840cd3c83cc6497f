/** Reads the ledger at the settled cursor into memory, all of one moment, and holds its digest against
 *  the one the cursor carries: what the tables say is proved again at every start. */
import type { Pool, PoolClient } from 'pg'
import type { RowOf } from '../../schema/declare/table.ts'
import type { ListingStage } from '../../engine/index.ts'
import { stateDigestOf } from '../../schema/entry.ts'
import { LIVE_LISTING_STATUSES } from '../../schema/market/terms.ts'
import type { ListingStatus } from '../../schema/market/terms.ts'
import type { TABLES } from '../../schema/table.ts'
import { accountId, bidId, listingId } from '../../schema/unit.ts'
import type { AccountId } from '../../schema/unit.ts'
import type { NextIds } from './batch.ts'
import { readCursor } from './cursor.ts'
import type { Cursor } from './cursor.ts'
import { DigestMismatch } from './fold.ts'
import { AVAILABLE, HELD } from './ledger/chart.ts'
import { Mirror } from './mirror.ts'
import { transact } from './transact.ts'

export interface LoadedLedger {
  readonly mirror: Mirror
  readonly cursor: Cursor
  readonly nextIds: NextIds
}

/** Throws DigestMismatch when the tables are not what the engine said at the cursor. */
export async function loadLedger(pool: Pool): Promise<LoadedLedger> {
  let loaded: LoadedLedger | undefined
  await transact(pool, BEGIN, async (client) => {
    loaded = await readLedger(client)
  })
  if (loaded === undefined) throw new Error('the ledger was not read')
  return loaded
}

/** Inside a transaction of one snapshot. Does not compare. */
export async function readMirror(client: PoolClient, sequence: number): Promise<Mirror> {
  const mirror = new Mirror(sequence)
  await readBalances(client, mirror)
  await readListings(client, mirror)
  await readBids(client, mirror)
  return mirror
}

const BEGIN = 'begin isolation level repeatable read read only'

async function readLedger(client: PoolClient): Promise<LoadedLedger> {
  const cursor = await readCursor(client, 'settled')
  const mirror = await readMirror(client, cursor.sequence)
  const engine = stateDigestOf(cursor.digest)
  if (mirror.digest() !== engine) throw new DigestMismatch(cursor, engine, mirror.digest())
  return { mirror, cursor, nextIds: await readNextIds(client) }
}

async function readBalances(client: PoolClient, mirror: Mirror): Promise<void> {
  const { rows } = await client.query<{
    owner: AccountId
    available: number
    held: number
  }>(
    // The turnovers have no bound; the balance between them is asserted to be a safe integer.
    `select owner,
            coalesce(sum(credits_minor - debits_minor) filter (where code = $1), 0)::bigint as available,
            coalesce(sum(credits_minor - debits_minor) filter (where code = $2), 0)::bigint as held
       from ledger_account where code in ($1, $2) group by owner`,
    [AVAILABLE, HELD],
  )
  for (const { owner, available, held } of rows) mirror.restoreBalance(owner, available, held)
}

type Listing = RowOf<typeof TABLES.listing>
type Bid = RowOf<typeof TABLES.bid>

/** What the mirror keeps of a row; all the rest of an open bid it can do without. */
const OF_LISTING = [
  'listing_id',
  'mode',
  'status',
  'amount_minor',
  'funded_minor',
  'bid_count',
  'approved_by',
  'clearing_rate_ppm',
] as const
const OF_BID = [
  'bid_id',
  'listing_id',
  'account_id',
  'accepted_minor',
  'rate_ppm',
  'place',
] as const

async function readListings(client: PoolClient, mirror: Mirror): Promise<void> {
  const { rows } = await client.query<Pick<Listing, (typeof OF_LISTING)[number]>>(
    `select ${OF_LISTING.join(', ')} from listing where status = any($1)`,
    [LIVE_LISTING_STATUSES],
  )
  for (const row of rows)
    mirror.restoreListing({
      listingId: listingId(row.listing_id),
      mode: row.mode,
      stage: stageOf(row.status),
      approvedBy: row.approved_by === null ? 0 : accountId(row.approved_by),
      ratePpm: row.clearing_rate_ppm,
      amountMinor: row.amount_minor,
      fundedMinor: row.funded_minor,
      bidCount: row.bid_count,
    })
}

/** One that is reviewed is full all the while. */
function stageOf(status: ListingStatus): ListingStage {
  return status === 'scheduled' || status === 'open' ? status : 'full'
}

/** By way of the listings on their way: the bids of all times have no index by status. */
async function readBids(client: PoolClient, mirror: Mirror): Promise<void> {
  const { rows } = await client.query<Pick<Bid, (typeof OF_BID)[number]>>(
    `select ${OF_BID.map((column) => `b.${column}`).join(', ')}
       from listing l join bid b using (listing_id)
      where l.status = any($1) and b.status = 'open'`,
    [LIVE_LISTING_STATUSES],
  )
  for (const row of rows)
    mirror.restoreBid({
      bidId: bidId(row.bid_id),
      listingId: listingId(row.listing_id),
      accountId: accountId(row.account_id),
      acceptedMinor: row.accepted_minor,
      ratePpm: row.rate_ppm,
      place: row.place ?? row.bid_id,
    })
}

async function readNextIds(client: PoolClient): Promise<NextIds> {
  const { rows } = await client.query<NextIds>(
    `select coalesce((select max(transfer_id) from transfer), 0) + 1 as "transferId",
            coalesce((select max(outbox_id) from outbox), 0) + 1 as "jobId"`,
  )
  return rows[0] ?? { transferId: 1, jobId: 1 }
}
