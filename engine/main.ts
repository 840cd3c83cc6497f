/** An engine process: take up the newest snapshot, replay what came after it, then answer entry by
 *  entry. Any number may run. */
import { pause } from './host/backoff.ts'
import { readConfig } from './host/config.ts'
import { serveOperations } from './host/operations.ts'
import { Progress, watchProgress } from './host/progress.ts'
import { announceReady } from './host/ready.ts'
import { fail, onStop, runService, stopSignal } from './host/stop.ts'
import { compareEntryIds } from '../schema/entry.ts'
import { engineSettings } from './config.ts'
import { connectJournal, holdWhatItCarries, lastId } from './journal/index.ts'
import { createReplicaMetrics } from './replica/metrics.ts'
import { Replica } from './replica/replica.ts'
import { resumeState } from './replica/resume.ts'

const READY_LOOK_MS = 10
const WAITING =
  "the journal carries no identity yet: a gateway, settlement or migration gives it one, if it is this market's"

runService('engine', async (log) => {
  const settings = readConfig(engineSettings)
  const { MARKET: market, JOURNAL_REDIS_URL: url, OPS_PORT, OPS_HOST } = settings
  const metrics = createReplicaMetrics()

  const journal = await connectJournal({
    url,
    market,
    log,
    schemaWritten: settings.SCHEMA_WRITTEN,
  })
  onStop('journal', () => journal.close())

  metrics.all.tally(
    'lendbook_snapshot_unusable_total',
    'Snapshots that could not be loaded and were passed over',
    () => journal.snapshotsUnusable,
  )

  let replaying: string | null = WAITING
  const progress = new Progress('answering')
  const operations = await serveOperations({
    port: OPS_PORT,
    host: OPS_HOST,
    readiness: () => [
      ...(replaying === null ? [] : [replaying]),
      ...progress.readiness(),
      ...journal.readiness(),
    ],
    registry: metrics.all.registry,
  })
  onStop('operations', () => operations.close())

  if ((await holdWhatItCarries(journal, stopSignal)) === null) return
  replaying = 'loading a snapshot'
  const startMs = performance.now()
  const state = await resumeState(journal)
  const snapshotSequence = state.sequence
  const target = await lastId(journal, journal.keys.commands)
  const parts = { journal, state, settings, metrics, log, signal: stopSignal }
  const replica = new Replica(parts)
  const running = replica.run()
  onStop('replica', () => running)
  watchProgress(async () => {
    const end = await lastId(journal, journal.keys.commands)
    const reached = replica.saidId
    progress.note({ isWaiting: compareEntryIds(reached, end) < 0, reached })
  }, stopSignal).catch(fail)

  const isReplayed = async () => {
    while (!replica.hasReached(target) && !stopSignal.aborted) {
      replaying = `replaying: entry ${state.id} of ${target}`
      await pause(READY_LOOK_MS, stopSignal)
    }
    replaying = null
  }
  await Promise.race([isReplayed(), running])
  if (stopSignal.aborted) return
  const replayMs = Math.round(performance.now() - startMs)
  log.info({ at: 'replayed', snapshotSequence, sequence: state.sequence, replayMs })
  announceReady({ service: 'engine', opsPort: operations.port })
  await running
})
