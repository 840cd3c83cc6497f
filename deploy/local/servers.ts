/** Postgres and the two Redis servers of `npm start`: those whose URL is given are not started. */
import { join } from 'node:path'
import type { Launch } from './launch.ts'
import { freePort } from './ports.ts'
import { startPostgres } from './postgres.ts'
import { startJournalRedis, startQueueRedis } from './redis.ts'
import { asUser } from './redis-user.ts'
import type { Urls } from './roles.ts'
import type { LauncherSettings } from './setting.ts'

/** They are stopped last, after all who may still write to them. */
export async function startServers(launch: Launch, settings: LauncherSettings): Promise<Urls> {
  const servers = launch.group()
  const place = async (name: string) => ({
    dataDir: join(settings.DATA_DIR, name),
    port: await freePort(),
    logFile: join(launch.logDir, `${name}.log`),
  })
  const postgres = await place('postgres')
  const journal = await place('journal')
  const queue = await place('queue')
  const [databaseUrl, journalUrl, queueUrl] = await Promise.all([
    settings.DATABASE_URL ?? servers.addServer('postgres', () => startPostgres(postgres)),
    settings.JOURNAL_REDIS_URL ??
      servers.addServer('journal-redis', () => startJournalRedis(journal)),
    settings.QUEUE_REDIS_URL ?? servers.addServer('queue-redis', () => startQueueRedis(queue)),
  ])
  return {
    databaseUrl,
    journalUrl,
    queueUrl,
    journalAs: (user) => settings.JOURNAL_REDIS_URL ?? asUser(journalUrl, journal.dataDir, user),
    queueAs: (user) => settings.QUEUE_REDIS_URL ?? asUser(queueUrl, queue.dataDir, user),
  }
}
