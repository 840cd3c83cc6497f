/** How a process begins and ends, and what it says then. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { sql } from 'kysely'
import { freePort, startPostgres } from '../../deploy/local/index.ts'
import { PROJECT_DIR } from '../../deploy/local/project.ts'
import { assertMigrated, connectPostgres } from '../../engine/host/postgres.ts'

const HOST = "const h = await import('./dist/engine/host/index.js')\n"

/** Runs a program on the built host; `signal` is sent as soon as it is ready. */
async function run(
  program: string,
  signal?: NodeJS.Signals,
): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', HOST + program], {
    cwd: PROJECT_DIR,
  })
  let out = ''
  let err = ''
  child.stderr.on('data', (bytes: Buffer) => (err += bytes.toString()))
  child.stdout.on('data', (bytes: Buffer) => {
    out += bytes.toString()
    if (signal !== undefined) child.kill(signal)
  })
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, out, err }
}

describe('a process', () => {
  test('that is asked to stop stops its parts, the last one first, and ends with 0', async () => {
    const { code, out, err } = await run(
      `h.runService('trial', async (log) => {
        for (const part of ['first', 'second'])
          h.onStop(part, async () => { await h.pause(5); log.info({ at: 'stopped', part }) })
        setInterval(() => {}, 1000)
        h.announceReady({ service: 'trial', opsPort: 1 })
      })`,
      'SIGTERM',
    )
    expect(JSON.parse(out)).toMatchObject({ at: 'ready', service: 'trial', opsPort: 1 })
    expect(code).toBe(0)
    const parts = err.match(/"part":"\w+"/g)
    expect(parts).toEqual(['"part":"second"', '"part":"first"'])
  })

  test('in wrong surroundings says so in one line and ends with 2', async () => {
    const program = `h.runService('trial', async () => { throw new h.SetupFault('start it') })`
    expect(await run(program)).toEqual({ code: 2, out: '', err: 'start it\n' })
  })

  test.each([
    ['thrown by main', `throw broken`],
    ['rejected in the background', `void Promise.reject(broken); await h.pause(1000)`],
    ['thrown in the background', `setImmediate(() => { throw broken }); await h.pause(1000)`],
  ])('with a fault %s ends at once with 1 and its cause in one line', async (_, how) => {
    const { code, err } = await run(
      `h.runService('trial', async () => {
        h.onStop('part', () => h.pause(60_000))
        const broken = new Error('it broke', { cause: new Error('because') })
        ${how}
      })`,
    )
    expect(code).toBe(1)
    expect(err.trim().split('\n')).toHaveLength(1)
    expect(JSON.parse(err)).toMatchObject({
      level: 'error',
      service: 'trial',
      at: 'fault',
      error: { message: 'it broke', cause: { message: 'because' } },
    })
  })
})

describe('Postgres', () => {
  test('that is not there is one line that says what to do', async () => {
    const nowhere = connectPostgres({ url: 'postgres://me:secret@127.0.0.1:1/x', max: 1 })
    await expect(nowhere).rejects.toThrow(/start it or correct DATABASE_URL$/)
    await expect(nowhere).rejects.not.toThrow('secret')
  })

  test('gives whole amounts, days as they are, and tells who has to migrate it', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'lendbook-host-'))
    const server = await startPostgres({ dataDir, port: await freePort() })
    const postgres = await connectPostgres({ url: server.url, max: 2 })
    const { db } = postgres
    const row = await sql<{ cents: number; day: string }>`
      select 9007199254740991::bigint as cents, date '2026-03-29' as day`.execute(db)
    expect(row.rows).toEqual([{ cents: Number.MAX_SAFE_INTEGER, day: '2026-03-29' }])
    const tooLarge = sql`select 9007199254740993::bigint`.execute(db)
    await expect(tooLarge).rejects.toThrow('beyond what a number holds')

    await expect(assertMigrated(db)).rejects.toThrow('run `node dist/deploy/migrate.js`')
    await postgres.close()
    await server.shutdown()
    await rm(dataDir, { recursive: true, force: true })
  })
})
