/** The processes under test run from dist/: sees that it is as new as the sources. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { PROJECT_DIR } from '../../deploy/local/project.ts'

export default function setup(): void {
  const build = join(PROJECT_DIR, 'deploy', 'build.mjs')
  const { status } = spawnSync(process.execPath, [build, '--if-needed'], { stdio: 'inherit' })
  if (status !== 0) process.stderr.write('the build has errors: testing what it left in dist/\n')
}
