/** Who gets into the servers of a market, what each program may do there, and who may read what lies on
 *  the disk. */
import { lstatSync, readdirSync, readFileSync } from 'node:fs'
import { once } from 'node:events'
import { connect as open } from 'node:net'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { KeyMaker } from '../../gateway/client/index.ts'
import { startMarket } from '../harness/market.ts'
import type { TestMarket } from '../harness/market.ts'

let market: TestMarket
beforeAll(async () => {
  market = await startMarket({ engines: 2, env: { SNAPSHOT_EVERY_ENTRIES: '5' } })
  const listingId = await market.openListing()
  const investor = await market.newInvestor({ depositMinor: 100_000 })
  await investor.client.request('bid.place', {
    key: new KeyMaker(Date.now).next(),
    listingId,
    amountMinor: 5_000,
    ratePpm: 90_000,
  })
})
afterAll(() => market.stop())

/** First of all, before anything is tried on purpose. */
test('what a program needs is not refused it', async () => {
  for (const url of [market.journalUrl, market.queueUrl]) {
    const redis = new Redis(url)
    expect(await redis.call('ACL', 'LOG')).toEqual([])
    await redis.quit()
  }
})

describe('a stranger on this machine', () => {
  test('can neither read nor append in either Redis', async () => {
    for (const url of [market.journalUrl, market.queueUrl]) {
      const { port } = new URL(url)
      const said = [
        await say(port, 'XRANGE {demo}:events - +'),
        await say(port, 'XADD {demo}:commands * s 1'),
        await say(port, 'AUTH engine guess'),
        await say(port, 'AUTH default ""'),
      ]
      expect(said).toEqual([
        expect.stringMatching(/^-NOAUTH/),
        expect.stringMatching(/^-NOAUTH/),
        expect.stringMatching(/^-WRONGPASS/),
        expect.stringMatching(/^-WRONGPASS/),
      ])
    }
  })

  test('is not trusted by Postgres', async () => {
    const url = new URL(market.databaseUrl)
    url.password = ''
    await expect(connect(url.href)).rejects.toThrow(/password/)
    url.password = 'a-guess'
    await expect(connect(url.href)).rejects.toThrow(/authentication failed/)
  })

  test('finds no password among the arguments of the processes', () => {
    const secrets = [market.databaseUrl, market.journalUrl, market.queueUrl].map(
      (url) => new URL(url).password,
    )
    secrets.push(new URL(market.journalAs('gateway')).password, market.staffPassword)
    const lines = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((pid) => commandLine(pid))
      .join('\n')
    expect(lines).toContain('redis-server')
    for (const secret of secrets) expect(lines).not.toContain(secret)
    const logs = market.names.flatMap((name) => market.running(name).lastLines()).join('\n')
    for (const secret of secrets) expect(logs).not.toContain(secret)
  })

  test('may read no file that the market has written', () => {
    expect(openPaths(market.dataDir)).toEqual([])
  })
})

describe('each program may do what it needs and no more', () => {
  const DENIED =
    /NOPERM|DEBUG command not allowed|The user executing the script can't (?:access|run)/

  test('nobody but the admin can wipe, configure or stop the journal', async () => {
    for (const user of ['engine', 'gateway', 'settlement'] as const) {
      const url = market.journalAs(user)
      for (const [command, ...args] of [
        ['FLUSHALL'],
        ['FLUSHDB'],
        ['CONFIG', 'SET', 'appendfsync', 'no'],
        ['ACL', 'LIST'],
        ['SHUTDOWN', 'NOSAVE'],
        ['DEL', '{demo}:events'],
        ['DEL', '{demo}:commands'],
        ['MONITOR'],
        ['DEBUG', 'SLEEP', '0'],
        ['REPLICAOF', '127.0.0.1', '1'],
        ['KEYS', '*'],
        ['GET', 'another'],
        ['SET', '{demo}:rebuilding', 'x'],
      ] as const)
        expect(`${user} ${command}: ${await ask(url, command, ...args)}`).toMatch(DENIED)
    }
  })

  test('a gateway asks, and can neither answer nor let go', async () => {
    const url = market.journalAs('gateway')
    expect(await ask(url, 'XADD', '{demo}:events', '*', 's', '1')).toMatch(DENIED)
    expect(await ask(url, 'XTRIM', '{demo}:commands', 'MAXLEN', 0)).toMatch(DENIED)
    expect(await ask(url, 'SET', '{demo}:identity', 'mine')).toMatch(DENIED)
    expect(await ask(url, 'HSET', '{demo}:snapshots', 'a', 'b')).toMatch(DENIED)
    const appending = "return redis.call('XADD', KEYS[1], '*', 's', '1')"
    expect(await ask(url, 'EVAL', appending, 1, '{demo}:events')).toMatch(DENIED)
  })

  test('an engine answers and tells the time, and cannot let go', async () => {
    const url = market.journalAs('engine')
    expect(await ask(url, 'XTRIM', '{demo}:events', 'MAXLEN', 0)).toMatch(DENIED)
    expect(await ask(url, 'SET', '{demo}:identity', 'mine')).toMatch(DENIED)
    const trimming = "return redis.call('XTRIM', KEYS[1], 'MAXLEN', 0)"
    expect(await ask(url, 'EVAL', trimming, 1, '{demo}:events')).toMatch(DENIED)
  })

  test('settlement lets go of what is recorded, and can neither ask nor answer', async () => {
    const url = market.journalAs('settlement')
    expect(await ask(url, 'XADD', '{demo}:commands', '*', 's', '1')).toMatch(DENIED)
    expect(await ask(url, 'XADD', '{demo}:events', '*', 's', '1')).toMatch(DENIED)
    const appending = "return redis.call('XADD', KEYS[1], '*', 's', '1')"
    expect(await ask(url, 'EVAL', appending, 1, '{demo}:events')).toMatch(DENIED)
    expect(await ask(url, 'XTRIM', '{demo}:events', 'MINID', '0-1')).toBe('0')
  })

  test('who works on the queue cannot wipe or configure it', async () => {
    for (const user of ['settlement', 'workers'] as const) {
      const url = market.queueAs(user)
      for (const [command, ...args] of [
        ['FLUSHALL'],
        ['CONFIG', 'SET', 'save', ''],
        ['KEYS', '*'],
        ['GET', 'x'],
      ] as const)
        expect(await ask(url, command, ...args)).toMatch(DENIED)
    }
  })
})

/** The answer in words; a refusal is one too. */
async function ask(
  url: string,
  command: string,
  ...args: readonly (string | number)[]
): Promise<string> {
  const redis = new Redis(url, {
    retryStrategy: () => null,
    enableReadyCheck: false,
    lazyConnect: true,
  })
  redis.on('error', () => undefined)
  try {
    await redis.connect()
    return String(await redis.call(command, ...args))
  } catch (error) {
    return String(error)
  } finally {
    redis.disconnect()
  }
}

/** The first words that a server answers to who has not said who he is. */
async function say(port: string, line: string): Promise<string> {
  const socket = open(Number(port), '127.0.0.1')
  socket.write(`${line}\r\n`)
  const [answer] = (await once(socket, 'data')) as [Buffer]
  socket.destroy()
  return answer.toString()
}

async function connect(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  try {
    await client.connect()
  } finally {
    await client.end().catch(() => undefined)
  }
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
  } catch {
    return ''
  }
}

/** What group or others may do anything with. */
function openPaths(path: string): string[] {
  const stat = lstatSync(path, { throwIfNoEntry: false })
  if (stat === undefined) return []
  const here = (stat.mode & 0o077) === 0 ? [] : [`${path} ${(stat.mode & 0o777).toString(8)}`]
  if (!stat.isDirectory()) return here
  return [...here, ...readdirSync(path).flatMap((name) => openPaths(join(path, name)))]
}
