/** A gateway process: `node dist/gateway/main.js`. */
import uws from 'uWebSockets.js'
import type { TemplatedApp } from 'uWebSockets.js'
import {
  announceReady,
  assertMigrated,
  connectPostgres,
  createMetrics,
  onStop,
  readConfig,
  runService,
  serveOperations,
  SetupFault,
} from '../engine/host/index.ts'
import { connectJournal, joinRecord } from '../engine/journal/index.ts'
import { gatewaySettings } from './config.ts'
import type { GatewaySettings } from './config.ts'
import { connectionsMax } from './descriptors.ts'
import { Gateway } from './gateway.ts'
import { listen } from './http/listen.ts'

const POSTGRES_CONNECTIONS_MAX = 8

runService('gateway', async (log) => {
  const settings = readConfig(gatewaySettings)
  const room = connectionsMax(log)
  const { DATABASE_URL: url, JOURNAL_REDIS_URL, MARKET: market, HOST, PORT } = settings

  const postgres = await connectPostgres({ url, max: POSTGRES_CONNECTIONS_MAX, log })
  onStop('postgres', () => postgres.close())
  await assertMigrated(postgres.db)
  const { SCHEMA_WRITTEN: schemaWritten } = settings
  const journal = await connectJournal({ url: JOURNAL_REDIS_URL, market, log, schemaWritten })
  onStop('journal', () => journal.close())
  const identity = await joinRecord(postgres.db, journal)

  const app = openApp(settings)
  const metrics = createMetrics('gateway')
  metrics.tally(
    'lendbook_snapshot_unusable_total',
    'Snapshots that could not be loaded and were passed over',
    () => journal.snapshotsUnusable,
  )
  const gateway = new Gateway({
    settings,
    app,
    journal,
    identity,
    postgres,
    connectionsMax: room,
    metrics,
    log,
  })
  if (settings.OPERATOR_PASSWORD !== undefined)
    await gateway.persons.ensureOperator(settings.OPERATOR_PASSWORD)
  if (settings.REVIEWER_PASSWORD !== undefined)
    await gateway.persons.ensureReviewers(settings.REVIEWER_PASSWORD)
  await gateway.start()
  onStop('gateway', () => gateway.stop())

  const door = listen(app, HOST, PORT)
  onStop('connections', async () => {
    const drained = gateway.drain()
    door.close()
    await drained
    app.close()
  })

  const { OPS_PORT, OPS_HOST } = settings
  const operations = await serveOperations({
    port: OPS_PORT,
    host: OPS_HOST,
    readiness: () => gateway.readiness().reasons,
    registry: metrics.registry,
  })
  announceReady({ service: 'gateway', port: door.port, opsPort: operations.port })
})

function openApp({ TLS_CERT_FILE, TLS_KEY_FILE }: GatewaySettings): TemplatedApp {
  if (TLS_CERT_FILE === undefined || TLS_KEY_FILE === undefined) return uws.App()
  try {
    return uws.SSLApp({ cert_file_name: TLS_CERT_FILE, key_file_name: TLS_KEY_FILE })
  } catch (cause) {
    throw new SetupFault(
      'TLS_CERT_FILE and TLS_KEY_FILE cannot be used: name PEM files that match',
      {
        cause,
      },
    )
  }
}
