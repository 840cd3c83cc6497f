/** `npm test`: every check and every test, then one line `N passed, N failed`.
 *
 *  `npm run check` runs the static checks alone, `npm test -- unit lint` only what is named. Static checks
 *  run beside the unit tests; what starts processes runs after them, so that nobody waits in vain
 *  for a core. */
import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import {
  checkNode,
  ensureChromium,
  ensurePackages,
  ensureRedis,
  PROJECT_DIR,
  run,
} from '../deploy/local/bootstrap.mjs'

const REPORT_DIR = join(PROJECT_DIR, 'dist', '.test')

const STATIC = {
  format: ['prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'],
  lint: ['oxlint/bin/oxlint', '--type-aware', '--deny-warnings'],
  unused: ['knip/bin/knip.js', '--no-progress', '--treat-config-hints-as-errors'],
  types: ['typescript/bin/tsc', '-b'],
  'web-types': ['vue-tsc/bin/vue-tsc.js', '--noEmit', '-p', 'web/tsconfig.json'],
}
const SUITES = ['unit', 'system', 'load', 'journey']

/** What has run: name, how many tests passed and failed, how long. */
const done = []
const asked = process.argv.slice(2)
const isAsked = (name) => {
  if (asked.includes('--checks')) return name in STATIC
  return asked.length === 0 || asked.includes(name)
}

await run(async () => {
  checkNode()
  ensurePackages()
  if (['system', 'load', 'journey'].some(isAsked)) ensureRedis()
  if (isAsked('journey')) ensureChromium()
})
rmSync(REPORT_DIR, { recursive: true, force: true })
mkdirSync(REPORT_DIR, { recursive: true })

await Promise.all([
  inTurn(() => check('types'), build),
  inTurn(
    () => check('format'),
    () => check('lint'),
    () => check('unused'),
    () => check('web-types'),
    () => suite('unit'),
  ),
])
await suite('system')
await suite('load')
await suite('journey')

const sum = (key) => done.reduce((total, item) => total + item[key], 0)
process.stdout.write(`\n${sum('passed')} passed, ${sum('failed')} failed\n`)
process.exitCode = sum('failed') === 0 ? 0 : 1

async function inTurn(...steps) {
  for (const step of steps) await step()
}

/** A static check counts as one test. */
async function check(name) {
  if (!isAsked(name)) return
  const startedMs = Date.now()
  const [script, ...args] = STATIC[name]
  const { code, output } = await node([join('node_modules', script), ...args])
  report(name, startedMs, { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1 }, output)
}

/** Not an item of its own when it works: the suites need it. */
async function build() {
  if (!SUITES.some((name) => isAsked(name))) return
  const startedMs = Date.now()
  const { code, output } = await node(['deploy/build.mjs', '--if-needed'])
  if (code !== 0) report('build', startedMs, { passed: 0, failed: 1 }, output)
}

async function suite(name) {
  if (!isAsked(name)) return
  const startedMs = Date.now()
  const file = join(REPORT_DIR, `${name}.json`)
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', '-c', 'test/vitest.config.ts']
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  const { code, output } = await node([...vitest, `--project=${name}`, ...reporters])
  report(name, startedMs, countOf(file, code), output)
}

/** A file that could not even be loaded, and a run that broke off, count as a failure too. */
function countOf(file, code) {
  const { numPassedTests: passed, numFailedTests: failed } = readReport(file)
  return { passed, failed: code !== 0 && failed === 0 ? 1 : failed }
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return { numPassedTests: 0, numFailedTests: 0 }
  }
}

function report(name, startedMs, { passed, failed }, output) {
  done.push({ name, passed, failed })
  const seconds = ((Date.now() - startedMs) / 1000).toFixed(1)
  if (failed > 0) process.stdout.write(`\n${output}\n`)
  const mark = failed === 0 ? '✓' : '✗'
  process.stdout.write(`${mark} ${name}: ${passed} passed, ${failed} failed in ${seconds} s\n`)
}

function node(args) {
  const child = spawn(process.execPath, args, {
    cwd: PROJECT_DIR,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, CI: '1' },
  })
  let output = ''
  const keep = (bytes) => (output += bytes)
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  return new Promise((resolve) => {
    child.on('close', (code) => resolve({ code, output }))
  })
}
