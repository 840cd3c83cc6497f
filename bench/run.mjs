/** `npm run bench -- <subject> [--json]`: sees that all is there and built, then measures. */
import {
  checkNode,
  ensureBuilt,
  ensurePackages,
  ensureRedis,
  run,
} from '../deploy/local/bootstrap.mjs'

await run(async () => {
  checkNode()
  ensurePackages()
  ensureRedis()
  ensureBuilt('--bench')
  await import('../dist/bench/main.js')
})
