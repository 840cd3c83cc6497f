import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import pg from 'pg'
import { freePort, startJournalRedis, startPostgres } from '../../deploy/local/index.ts'

const dir = mkdtempSync(join(tmpdir(), 'lendbook-servers-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

test('Postgres comes back with what was committed after it was killed', async () => {
  const dataDir = join(dir, 'postgres')
  const first = await startPostgres({ dataDir, port: await freePort() })
  await ask(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer')
  first.kill('SIGKILL')
  await first.exited

  const second = await startPostgres({ dataDir, port: await freePort() })
  expect(await ask(second.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }])
  expect(await ask(second.url, 'SHOW fsync')).toEqual([{ fsync: 'on' }])
  await second.shutdown()
})

test('a Redis server that cannot have its port says so', async () => {
  const port = await freePort()
  const first = await startJournalRedis({ dataDir: join(dir, 'journal'), port })
  await expect(startJournalRedis({ dataDir: join(dir, 'other'), port })).rejects.toThrow(
    new RegExp(`journal-redis on port ${port} ended`),
  )
  await first.shutdown()
})

async function ask(url: string, query: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query(query)
  await client.end()
  return rows
}
