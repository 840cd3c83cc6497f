/** What every process is hosted by, as far as it needs no process. */
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { backoffMs } from '../../engine/host/backoff.ts'
import { withoutPassword } from '../../engine/host/address.ts'
import { readConfig } from '../../engine/host/config.ts'
import { createMetrics } from '../../engine/host/metrics.ts'
import { listMigrations } from '../../engine/host/migration.ts'
import { serveOperations } from '../../engine/host/operations.ts'
import { SetupFault } from '../../engine/host/setup-fault.ts'
import { assertSettings, REQUIRED_SETTINGS } from '../../engine/journal/redis-settings.ts'

describe('settings', () => {
  const schema = z.object({ PORT: z.coerce.number().int().max(65_535).default(8080), URL: z.url() })

  test('every wrong variable is named in one line', () => {
    const reading = () => readConfig(schema, { PORT: '99999' })
    expect(reading).toThrow(SetupFault)
    expect(reading).toThrow(/^wrong settings: PORT: .*; URL: [^\n]*$/)
  })

  test('an empty variable counts as not set', () => {
    const found = readConfig(schema, { PORT: '', URL: 'http://here' })
    expect(found).toEqual({ PORT: 8080, URL: 'http://here' })
  })

  test('a password is never printed', () => {
    expect(withoutPassword('redis://user:secret@host:1/0')).toBe('redis://user:…@host:1/0')
    expect(withoutPassword('redis://:secret@host')).not.toContain('secret')
  })
})

test('waits grow from 50 ms and stay below 2 s, with chance in them', () => {
  expect(backoffMs(1, 0)).toBe(50)
  expect(backoffMs(2, 0)).toBe(100)
  expect(backoffMs(3, 0.5)).toBe(300)
  expect(backoffMs(1_000_000, 0.999)).toBeLessThan(2_000)
})

test('a metric that is not named as agreed cannot be made', () => {
  const metrics = createMetrics('trial')
  expect(() => metrics.counter('requests_total', 'help')).toThrow('lendbook_<part>_<thing>_<unit>')
})

test('the migrations of this build are numbered without a gap', () => {
  expect(listMigrations()[0]).toMatchObject({ number: 1, name: 'spine' })
})

test('operations tell liveness, readiness with its reasons, and metrics', async () => {
  const metrics = createMetrics('trial')
  const { registry } = metrics
  metrics.tally('lendbook_trial_entries_total', 'Counted in a plain number', () => 7)
  metrics.gauge('lendbook_trial_level_ratio', 'Read at the scrape', () => 0.5)
  const reasons: string[] = ['journal: lost']
  const operations = await serveOperations({ port: 0, readiness: () => reasons, registry })
  const get = (path: string) => fetch(`http://127.0.0.1:${operations.port}${path}`)

  expect((await get('/livez')).status).toBe(200)
  const unready = await get('/readyz')
  expect(unready.status).toBe(503)
  expect(await unready.json()).toEqual({ ready: false, reasons: ['journal: lost'] })
  reasons.pop()
  expect((await get('/readyz')).status).toBe(200)
  const text = await (await get('/metrics')).text()
  expect(text).toContain('lendbook_trial_entries_total{service="trial"} 7')
  expect(text).toContain('lendbook_trial_level_ratio{service="trial"} 0.5')
  expect(text).toContain('lendbook_process_event_loop_utilization_ratio')
  expect((await get('/elsewhere')).status).toBe(404)

  const taken = serveOperations({ port: operations.port, readiness: () => [], registry })
  await expect(taken).rejects.toThrow('choose another OPS_PORT')
  await operations.close()
})

describe('the settings of the journal Redis', () => {
  const safe: Readonly<Record<string, string>> = {
    appendonly: 'yes',
    appendfsync: 'always',
    'no-appendfsync-on-rewrite': 'no',
    'aof-load-truncated': 'yes',
    'maxmemory-policy': 'noeviction',
    save: '',
    'stream-node-max-entries': '100',
    'stream-node-max-bytes': '4096',
  }
  const careless = [
    ['appendonly', 'no'],
    ['appendfsync', 'everysec'],
    ['no-appendfsync-on-rewrite', 'yes'],
    ['aof-load-truncated', 'no'],
    ['maxmemory-policy', 'allkeys-lru'],
    ['save', '3600 1'],
    ['stream-node-max-entries', '0'],
    ['stream-node-max-entries', '101'],
    ['stream-node-max-bytes', '0'],
    ['stream-node-max-bytes', '1000000'],
  ] as const

  test('the safe ones pass, and no other is asked for', () => {
    assertSettings(Object.entries(safe).flat(), 'here')
    expect(Object.keys(safe)).toEqual(REQUIRED_SETTINGS)
  })

  test.each(careless)('%s must not be "%s"', (name, value) => {
    const settings = Object.entries({ ...safe, [name]: value }).flat()
    expect(() => assertSettings(settings, 'here')).toThrow(`${name} is "${value}", must be`)
  })

  test('a setting that the server does not tell counts as wrong', () => {
    expect(() => assertSettings(Object.entries(safe).flat().slice(2), 'here')).toThrow(
      'appendonly is "unknown"',
    )
  })
})
