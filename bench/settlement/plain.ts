/** The plain way to keep a ledger, on the same server: for each transfer one transaction that inserts it
 *  and updates both balances, prepared statements, on several connections at once. What pgbench's own
 *  script does, with our columns. */
import { Client } from 'pg'

const CONNECTIONS = 8
const ACCOUNTS = 2_000

export const PLAIN = `${CONNECTIONS} connections, one transaction a transfer: insert it, update two of ${ACCOUNTS * 2} balances`

/** Makes its tables: those of the ledger without the rest. */
export async function preparePlain(databaseUrl: string): Promise<void> {
  await withClient(databaseUrl, async (client) => {
    await client.query(`
      create table plain_transfer (like transfer including all);
      create table plain_account (like ledger_account including all);
      create sequence plain_id;
      insert into plain_account select code, owner, 0, 0
        from (values (2001), (2002)) codes (code), generate_series(1, ${ACCOUNTS}) owner`)
  })
}

/** Transfers a second over `durationMs`. */
export async function runPlain(
  databaseUrl: string,
  durationMs: number,
  synchronousCommit: 'on' | 'off',
): Promise<number> {
  const endAt = performance.now() + durationMs
  const startedAt = performance.now()
  const counts = await Promise.all(
    Array.from({ length: CONNECTIONS }, (_, index) =>
      transferUntil(databaseUrl, endAt, synchronousCommit, index),
    ),
  )
  const seconds = (performance.now() - startedAt) / 1000
  return counts.reduce((sum, count) => sum + count, 0) / seconds
}

async function transferUntil(
  databaseUrl: string,
  endAt: number,
  synchronousCommit: 'on' | 'off',
  seed: number,
): Promise<number> {
  let count = 0
  await withClient(databaseUrl, async (client) => {
    await client.query(`set synchronous_commit = ${synchronousCommit}`)
    while (performance.now() < endAt) {
      const owner = ((seed + count * 7919) % ACCOUNTS) + 1
      await client.query('begin')
      await client.query({ name: 'insert', text: INSERT, values: [count + 1, owner] })
      await client.query({ name: 'credit', text: CREDIT, values: [owner] })
      await client.query({ name: 'debit', text: DEBIT, values: [owner] })
      await client.query('commit')
      count += 1
    }
  })
  return count
}

const INSERT = `insert into plain_transfer values
  (nextval('plain_id'), $1, 2001, $2, 2002, $2, 5000, 3, now())`
// In this order, so that no balance falls below zero and no two transactions wait for each other.
const CREDIT = `update plain_account set credits_minor = credits_minor + 10000
  where code = 2001 and owner = $1`
const DEBIT = `update plain_account set credits_minor = credits_minor + 5000
  where code = 2002 and owner = $1`

async function withClient(url: string, work: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}
