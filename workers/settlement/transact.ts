import type { Pool, PoolClient } from 'pg'

/** Runs `work` in one transaction on a connection of its own, begun by `begin`.
 *
 *  When anything fails, the COMMIT included, the connection is thrown away: its state, and after a
 *  COMMIT the outcome, is unknown. */
export async function transact(
  pool: Pool,
  begin: string,
  work: (client: PoolClient) => Promise<void>,
): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query(begin)
    await work(client)
    await client.query('commit')
  } catch (error) {
    client.release(true)
    throw error
  }
  client.release()
}
