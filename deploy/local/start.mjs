/** `npm start`: sees that all is there and built, then becomes the launcher. */
import { ensureBuilt, ensurePackages, ensureRedis, checkNode, run } from './bootstrap.mjs'

await run(async () => {
  checkNode()
  ensurePackages()
  const hasOwnServers = Boolean(process.env.JOURNAL_REDIS_URL && process.env.QUEUE_REDIS_URL)
  if (!hasOwnServers) ensureRedis()
  ensureBuilt()
  await import('../../dist/deploy/local/main.js')
})
