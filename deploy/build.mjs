/** Builds dist/: TypeScript, the files that lie beside it, the web app.
 *
 *  `--if-needed` returns at once when no source is newer than the last build; `--bench` builds the
 *  benches too. Two builds at a time
 *  would write the same files, so the second waits and then finds nothing left to do. */
import { spawn } from 'node:child_process'
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, extname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const PROJECT_DIR = join(dirname(fileURLToPath(import.meta.url)), '..')
const DIST_DIR = join(PROJECT_DIR, 'dist')
const HAS_BENCH = process.argv.includes('--bench')
const STAMP = join(DIST_DIR, '.build', HAS_BENCH ? 'stamp-bench' : 'stamp')
const LOCK = join(PROJECT_DIR, 'node_modules', '.lendbook-build')

/** Tests are compiled by a check of their own. */
const PROJECTS = ['gateway', 'workers', 'deploy', ...(HAS_BENCH ? ['bench'] : [])]
const SOURCES = ['schema', 'engine', 'web', ...PROJECTS]
const SOURCE_FILES = ['package.json', 'package-lock.json', 'tsconfig.json']
/** Read at run time from beside the code. */
const ASSETS = new Set(['.lua', '.sql', '.csv'])
const WAIT_MS = 100

const isNeeded = () => !process.argv.includes('--if-needed') || newestSourceMs() > stampMs()

if (isNeeded()) await withLock(build)

async function build() {
  if (!isNeeded()) return
  const startedMs = Date.now()
  process.stdout.write('lendbook: building\n')
  rmSync(STAMP, { force: true })
  for (const folder of SOURCES) copyAssets(folder)
  const codes = await Promise.all([runTool('typescript/bin/tsc', ['-b', ...PROJECTS]), buildWeb()])
  if (codes.some((code) => code !== 0)) {
    process.exitCode = 1
    return
  }
  mkdirSync(dirname(STAMP), { recursive: true })
  writeFileSync(STAMP, `${startedMs}\n`)
  process.stdout.write(`lendbook: built in ${((Date.now() - startedMs) / 1000).toFixed(1)} s\n`)
}

/** The app, then its pages, written by the app itself. */
async function buildWeb() {
  const vite = ['build', '-c', 'web/vite.config.ts', '--logLevel', 'error']
  const ahead = ['--ssr', 'app/ahead.ts', '--outDir', '../dist/.ahead', '--manifest', 'false']
  const code =
    (await runTool('vite/bin/vite.js', vite)) ||
    (await runTool('vite/bin/vite.js', [...vite, ...ahead]))
  return code || run([join(DIST_DIR, '.ahead', 'ahead.js'), join(DIST_DIR, 'web')])
}

function runTool(script, args) {
  return run([join(PROJECT_DIR, 'node_modules', script), ...args])
}

function run(args) {
  const tool = spawn(process.execPath, args, {
    cwd: PROJECT_DIR,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  return new Promise((resolve) => {
    tool.on('close', resolve)
  })
}

function copyAssets(folder) {
  for (const file of filesOf(folder)) {
    if (!ASSETS.has(extname(file))) continue
    const target = join(DIST_DIR, file)
    mkdirSync(dirname(target), { recursive: true })
    copyFileSync(join(PROJECT_DIR, file), target)
  }
}

/** The benches are built with the harness of the tests. */
function newestSourceMs() {
  const folders = [...SOURCES, ...(HAS_BENCH ? ['test'] : [])]
  const files = [...folders.flatMap((folder) => [folder, ...filesOf(folder)]), ...SOURCE_FILES]
  return Math.max(...files.map((file) => statSync(join(PROJECT_DIR, file)).mtimeMs))
}

/** Folders too: their time moves when a file in them is taken away. */
function filesOf(folder) {
  return readdirSync(join(PROJECT_DIR, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
    join(folder, name),
  )
}

/** When the last good build began: what was changed while it ran is built again. */
function stampMs() {
  try {
    return Number(readFileSync(STAMP, 'utf8'))
  } catch {
    return 0
  }
}

async function withLock(work) {
  while (!tryLock()) await wait(WAIT_MS)
  try {
    await work()
  } finally {
    rmSync(LOCK, { force: true })
  }
}

function tryLock() {
  try {
    writeFileSync(LOCK, String(process.pid), { flag: 'wx' })
    return true
  } catch {
    if (!isAlive(Number(readLock()))) rmSync(LOCK, { force: true })
    return false
  }
}

function readLock() {
  try {
    return readFileSync(LOCK, 'utf8')
  } catch {
    return ''
  }
}

/** A lock whose number is not written yet belongs to someone who is alive. */
function isAlive(pid) {
  if (pid === 0) return true
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
