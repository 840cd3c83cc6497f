import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { freePort, startJournalRedis } from '../../deploy/local/index.ts'
import { PROJECT_DIR } from '../../deploy/local/project.ts'
import { HttpClient, KeyMaker } from '../../gateway/client/index.ts'

const DEMO = { email: 'demo@lendbook.example', password: 'lendbook-demo' }
const CASH_MINOR = 2_500_000
const PATIENCE_MS = 60_000

let dir = ''
let launchers: Launcher[] = []

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lendbook-launcher-'))
  launchers = []
})
afterEach(async () => {
  for (const launcher of launchers) await launcher.end('SIGKILL')
  rmSync(dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
})

test('the market fills, Ctrl-C stops all of it, and the next start goes on from there', async () => {
  const port = await freePort()
  const http = new HttpClient({ baseUrl: `http://127.0.0.1:${port}` })
  const first = launch({ PORT: String(port), DEMO_BOTS: '8', DEMO_PACE: '60' })
  await first.untilSaid('serves at')
  await until('listings fill', async () => {
    const { listings } = await http.ask('GET /v1/listings', { query: { limit: 500 } })
    return listings.length > 20 && listings.some(({ fundedMinor }) => fundedMinor > 0)
  })
  await until('the demo investor has cash', async () => {
    const isThere = await http.signIn(DEMO).then(
      () => true,
      () => false,
    )
    return isThere && (await http.ask('GET /v1/cash')).availableMinor === CASH_MINOR
  })
  await bidOnSomething(http)
  const children = first.children()
  expect(children.length).toBeGreaterThan(8)

  expect(await first.end('SIGINT')).toBe(0)
  expect(children.filter((pid) => isAlive(pid))).toEqual([])

  const second = launch({ PORT: String(port), DEMO: 'off' })
  await second.untilSaid('serves at')
  const { availableMinor, heldMinor, investedMinor } = await http.ask('GET /v1/cash')
  expect(availableMinor + heldMinor + investedMinor).toBe(CASH_MINOR)
  expect(availableMinor).toBeLessThan(CASH_MINOR)

  const left = second.children()
  await second.end('SIGKILL')
  await until('everybody goes with a launcher that was killed', () =>
    Promise.resolve(left.every((pid) => !isAlive(pid))),
  )
})

test('a port that is taken is one clear line', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const launcher = launch({ PORT: String(port) })
  expect(await launcher.ended()).toBe(2)
  expect(launcher.errors()).toBe(
    `lendbook: port ${port} is in use: stop what listens there, or set PORT\n`,
  )
  server.close()
})

test('a journal Redis that may lose acknowledged writes is one clear line', async () => {
  const redis = await startJournalRedis({
    dataDir: join(dir, 'everysec'),
    port: await freePort(),
    settings: { appendfsync: 'everysec' },
  })
  const launcher = launch({ JOURNAL_REDIS_URL: redis.url, DEMO: 'off' })
  expect(await launcher.ended()).toBe(2)
  expect(launcher.errors()).toMatch(/^lendbook: .*appendfsync.*\n$/)
  await redis.shutdown()
})

test('a Postgres that is not there is one clear line', async () => {
  const url = `postgres://nobody@127.0.0.1:${await freePort()}/nothing`
  const launcher = launch({ DATABASE_URL: url, DEMO: 'off' })
  expect(await launcher.ended()).toBe(2)
  expect(launcher.errors()).toMatch(/^lendbook: cannot use Postgres at .*DATABASE_URL\n$/)
})

test('a second launcher on the same folder is told who is there', async () => {
  const first = launch({ DEMO: 'off' })
  await first.untilSaid('serves at')
  const second = launch({ DEMO: 'off' })
  expect(await second.ended()).toBe(2)
  expect(second.errors()).toContain(`another launcher (process ${first.pid})`)
})

interface Launcher {
  readonly pid: number
  untilSaid(words: string): Promise<void>
  /** Everything it started. */
  children(): number[]
  ended(): Promise<number | null>
  end(signal: NodeJS.Signals): Promise<number | null>
  errors(): string
}

function launch(env: NodeJS.ProcessEnv): Launcher {
  const { PATH, HOME } = process.env
  const port = env['PORT'] ?? String(20_000 + Math.floor(Math.random() * 10_000))
  const child = spawn(process.execPath, ['deploy/local/start.mjs'], {
    cwd: PROJECT_DIR,
    env: { PATH, HOME, DATA_DIR: join(dir, 'data'), ...env, PORT: port },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  let complained = ''
  child.stdout.on('data', (bytes: Buffer) => (said += bytes.toString()))
  child.stderr.on('data', (bytes: Buffer) => (complained += bytes.toString()))
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve))
  const pid = child.pid ?? 0
  const launcher: Launcher = {
    pid,
    untilSaid: (words) =>
      until(`the launcher says "${words}"`, () => {
        if (child.exitCode !== null) throw new Error(`the launcher ended: ${said}${complained}`)
        return Promise.resolve(said.includes(words))
      }),
    children: () => childrenOf(pid),
    ended: () => exited,
    end: (signal) => {
      child.kill(signal)
      return exited
    },
    errors: () => complained,
  }
  launchers.push(launcher)
  return launcher
}

async function bidOnSomething(http: HttpClient): Promise<void> {
  const keys = new KeyMaker(() => Date.now())
  const { listings } = await http.ask('GET /v1/listings', {
    query: { limit: 500, status: 'open' },
  })
  const roomy = listings.find(
    ({ mode, amountMinor, fundedMinor, closesAtMs }) =>
      mode === 'fixed-rate' &&
      amountMinor - fundedMinor > 100_000 &&
      closesAtMs - Date.now() > 120_000,
  )
  if (roomy === undefined) throw new Error('no listing has room for a bid')
  const { listingId, ratePpm } = roomy
  await http.ask('POST /v1/bids', {
    query: { ack: 'settled' },
    body: { key: keys.next(), listingId, amountMinor: 5_000, ratePpm },
  })
}

async function until(what: string, isTrue: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS
  while (!(await isTrue())) {
    if (Date.now() > deadline) throw new Error(`waited in vain: ${what}`)
    await wait(100)
  }
}

function childrenOf(pid: number): number[] {
  return processes().filter((other) => statOf(other)?.[1] === String(pid))
}

function processes(): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0)
}

/** Gone, or only waiting to be collected. */
function isAlive(pid: number): boolean {
  const state = statOf(pid)?.[0]
  return state !== undefined && state !== 'Z'
}

/** State and parent of a process. */
function statOf(pid: number): string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return null
  }
}
