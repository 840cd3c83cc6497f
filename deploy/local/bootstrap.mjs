/** What must be there before anything of ours can run, for `npm start` and `npm test` alike: plain
 *  JavaScript without dependencies, because there may be none yet. Each fault is one clear line. */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const PROJECT_DIR = join(dirname(fileURLToPath(import.meta.url)), '..', '..')

/** Something the person has to do first: its message is the one line they see. */
export class NotReady extends Error {}

const NODE_MIN = [20, 19]

export function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const isEnough = major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1])
  if (!isEnough)
    throw new NotReady(`Node ${process.versions.node} is too old: install Node 20.19 or later`)
}

/** Runs `npm ci` when node_modules is not what package-lock.json says. */
export function ensurePackages() {
  if (hasPackages()) return
  say('installing npm packages (once)')
  const npm = process.env.npm_execpath
  const [command, first] = npm === undefined ? ['npm', []] : [process.execPath, [npm]]
  const { status } = spawnSync(command, [...first, 'ci', '--include=dev'], {
    cwd: PROJECT_DIR,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  if (status !== 0) throw new NotReady('npm ci failed; see above')
}

function hasPackages() {
  const installed = join(PROJECT_DIR, 'node_modules', '.package-lock.json')
  if (!existsSync(installed)) return false
  const { packages: there } = readJson(installed)
  const { packages: wanted } = readJson(join(PROJECT_DIR, 'package-lock.json'))
  return Object.entries(wanted).every(
    ([path, { version, optional }]) => path === '' || optional || there[path]?.version === version,
  )
}

const REDIS_MAJOR_MIN = 7

/** Redis 7 from Debian, installed when we may. */
export function ensureRedis() {
  ensureDebianPackage('redis-server', 'redis-server')
  const text = execFileSync('redis-server', ['--version'], { encoding: 'utf8' })
  const major = Number(/v=(\d+)/.exec(text)?.[1])
  if (!(major >= REDIS_MAJOR_MIN))
    throw new NotReady(`Redis 7 or later is needed, this is: ${text}`)
}

/** Debian's Chromium, for the tests that look through a browser. */
export function ensureChromium() {
  ensureDebianPackage('chromium', 'chromium')
}

/** Sees that `command` can be run: installs `packageName` when we are root, else says what to do. */
function ensureDebianPackage(command, packageName) {
  if (isOnPath(command)) return
  const isRoot = process.getuid?.() === 0
  if (!isRoot || !isOnPath('apt-get'))
    throw new NotReady(`${command} is missing: sudo apt-get install ${packageName}`)
  say(`installing ${packageName} (once)`)
  // A run level of 1 keeps Debian from starting a service of its own beside ours.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }
  const install = ['install', '-y', '-qq', '--no-install-recommends', packageName]
  const isDone = aptGet(install, env) || (aptGet(['update', '-qq'], env) && aptGet(install, env))
  if (!isDone || !isOnPath(command))
    throw new NotReady(`apt-get install ${packageName} failed: run it by hand to see why`)
}

function aptGet(args, env) {
  return spawnSync('apt-get', args, { env, stdio: 'ignore' }).status === 0
}

function isOnPath(command) {
  const folders = `${process.env.PATH}:/usr/local/sbin:/usr/sbin:/sbin`.split(':')
  return folders.some((folder) => existsSync(join(folder, command)))
}

/** Builds dist/ when a source is newer than it; `more` says what else is wanted. */
export function ensureBuilt(...more) {
  const build = join(PROJECT_DIR, 'deploy', 'build.mjs')
  const { status } = spawnSync(process.execPath, [build, '--if-needed', ...more], {
    stdio: 'inherit',
  })
  if (status !== 0) throw new NotReady('the build failed; see above')
}

/** Runs `main`; a NotReady is one line and code 2. */
export async function run(main) {
  try {
    await main()
  } catch (error) {
    if (!(error instanceof NotReady)) throw error
    process.stderr.write(`lendbook: ${error.message}\n`)
    process.exit(2)
  }
}

export function say(line) {
  process.stdout.write(`lendbook: ${line}\n`)
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'))
}
