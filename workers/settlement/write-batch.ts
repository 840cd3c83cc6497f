/** A batch into the tables: one transaction, begun with the cursor's compare-and-set, so that of two
 *  settlers only one gets past its first statement. */
import type { Pool, PoolClient } from 'pg'
import { assert } from '../../schema/unit.ts'
import type { Batch } from './batch.ts'
import { addToColumns } from './change.ts'
import { insertRows } from './copy.ts'
import { moveCursor } from './cursor.ts'
import type { LeaseMark } from './held.ts'
import { transact } from './transact.ts'

/** Throws CursorMoved when another settler has posted from the same cursor; after any other error the
 *  outcome is unknown: read the cursor, and the tables, again. */
export async function writeBatch(pool: Pool, lease: LeaseMark, batch: Batch): Promise<void> {
  const last = batch.entries.at(-1)
  assert(last !== undefined, 'there is something to post')
  assert(last.sequence === batch.from + batch.entries.length, 'what is posted has no gaps')
  await transact(pool, BEGIN, async (client) => {
    await moveCursor(client, lease, 'settled', batch.from, last)
    await writeRows(client, batch)
  })
}

/** All but the cursor, inside a transaction of the caller's. */
export async function writeRows(client: PoolClient, batch: Batch): Promise<void> {
  await batch.transfers.insert(client)
  await addToColumns(client, batch.tables.ledger_account, 'balance', batch.ledgerChanges())
  await batch.listings.write(client)
  await batch.bids.write(client)
  await insertRows(client, batch.tables.loan, batch.loans)
  await batch.claims.insert(client)
  await insertRows(client, batch.tables.outbox, batch.jobs)
  await batch.outcomes.insert(client)
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
