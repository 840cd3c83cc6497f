/** `npm run shots -- [folder]`: a picture of every page in every width, theme and language, to look at before a change
 *  lands. The folder lies outside the project unless another is named. */
import {
  checkNode,
  ensureBuilt,
  ensureChromium,
  ensurePackages,
  ensureRedis,
  run,
} from '../deploy/local/bootstrap.mjs'

await run(async () => {
  checkNode()
  ensurePackages()
  ensureRedis()
  ensureChromium()
  ensureBuilt('--bench')
  await import('../dist/test/journey/shots.js')
})
