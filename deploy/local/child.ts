/** A child process that cannot outlive us.
 *
 *  It gets a session of its own, so that Ctrl-C in the terminal reaches only the launcher, which then
 *  stops everyone in order. And it is started through `setpriv --pdeathsig` (util-linux, always there on
 *  Debian): should this process end in any way at all, also by SIGKILL, the kernel ends the child. The
 *  roles are built to be killed, so that is safe. A pipe that closes would need every program, Redis
 *  and Postgres included, to watch it. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import {
  createWriteStream,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import type { WriteStream } from 'node:fs'
import { setPriority } from 'node:os'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { z } from 'zod'
import { PRIVATELY } from './privacy.ts'

/** Lines of a child kept to tell why it ended. */
const LINES_KEPT_MAX = 20
/** A log that has grown past this is set aside when its process starts again; one is kept. */
const LOG_BYTES_MAX = 32 * 1024 * 1024
const FAMILY_EVERY_MS = 1_000

export interface ChildOptions {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
  /** Both its outputs are appended here. */
  readonly logFile: string
  /** What the kernel sends it when we are gone. */
  readonly orphanSignal: NodeJS.Signals
  /** More for setpriv: another user, capabilities. */
  readonly privileges?: readonly string[]
  /** Above 0 it yields the cores to the others (see `BEHIND_THE_BIDS`). Its own children inherit it. */
  readonly niceness?: number
  /** Every line of either output. */
  readonly onLine?: (line: string) => void
}

/** For what follows the journal at its own pace (Postgres, settlement, the workers): on a machine too
 *  small for all, it may fall behind the bids for a while but does not hold them up. */
export const BEHIND_THE_BIDS = 10

export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export interface Child {
  readonly name: string
  readonly pid: number
  readonly process: ChildProcess
  /** Settles when it has ended, never rejects. */
  readonly exited: Promise<Exit>
  /** False when it has already ended. */
  kill(signal?: NodeJS.Signals): boolean
  /** Asks with `signal`, insists with SIGKILL after `graceMs`, answers when it has ended. */
  stop(signal: NodeJS.Signals, graceMs: number): Promise<Exit>
  /** The last lines it wrote, to either output. */
  lastLines(): readonly string[]
}

/** Starts a child; rejects when the command cannot be started at all. */
export async function startChild(options: ChildOptions): Promise<Child> {
  const log = openLog(options.logFile)
  const process_ = spawnTied(options)
  const exited = new Promise<Exit>((resolve) => {
    process_.once('close', (code, signal) => {
      log.end()
      resolve({ code, signal })
    })
  })
  const lines: string[] = []
  for (const output of [process_.stdout, process_.stderr]) {
    readLines(output, log, (line) => {
      if (lines.push(line) > LINES_KEPT_MAX) lines.shift()
      options.onLine?.(line)
    })
  }
  if (options.niceness !== undefined && process_.pid !== undefined) {
    yieldCores(process_.pid, options.niceness)
    haveFamilyYield(process_.pid, options.niceness, exited)
  }
  await new Promise<void>((resolve, reject) => {
    process_.once('spawn', resolve)
    process_.once('error', (cause) => {
      reject(new Error(`${options.name} cannot be started: ${cause.message}`, { cause }))
    })
  })
  return {
    name: options.name,
    pid: process_.pid ?? 0,
    process: process_,
    exited,
    kill: (signal = 'SIGTERM') => process_.kill(signal),
    stop: (signal, graceMs) => stopChild(process_, exited, signal, graceMs),
    lastLines: () => lines,
  }
}

/** Linux may group the processes of a session (sched_autogroup), and then weighs the groups alone:
 *  both have to be told. */
function yieldCores(pid: number, niceness: number): boolean {
  try {
    setPriority(pid, niceness)
    writeFileSync(`/proc/${pid}/autogroup`, String(niceness))
    return true
  } catch {
    // It has ended already, or this kernel has no groups, or takes only so many words at once from who
    // is not root: nothing depends on it.
    return false
  }
}

/** Its own children inherit the niceness, but each of Postgres' makes a session, and so a group, of its
 *  own, which weighs as much as the engine. New ones are told within a second. */
function haveFamilyYield(pid: number, niceness: number, exited: Promise<Exit>): void {
  let told: readonly string[] = []
  const timer = setInterval(() => {
    told = childrenOf(pid).filter(
      (child) => told.includes(child) || yieldCores(Number(child), niceness),
    )
  }, FAMILY_EVERY_MS)
  timer.unref()
  void exited.then(() => clearInterval(timer))
}

function childrenOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').match(/\d+/g) ?? []
  } catch {
    return []
  }
}

/** What Node writes around a fault: blank lines, the way it took, its own version. */
const NOISE = /^\s*$|^\s+at |^Node\.js v/

/** How an end reads in a sentence: `ended with code 2: the reason it gave`. */
export function describeExit(exit: Exit, lastLines: readonly string[]): string {
  const how = exit.signal === null ? `with code ${String(exit.code)}` : `by ${exit.signal}`
  const why = lastLines.findLast((line) => !NOISE.test(line))
  return why === undefined ? `ended ${how}` : `ended ${how}: ${inWords(why)}`
}

const loggedFault = z.object({ error: z.object({ message: z.string() }) })

/** Our programs log objects: of a fault, its message is what a person wants to read. */
function inWords(line: string): string {
  try {
    const logged = loggedFault.safeParse(JSON.parse(line))
    return logged.success ? logged.data.error.message : line
  } catch {
    return line
  }
}

const SETPRIV = ['/usr/bin/setpriv', '/bin/setpriv'].find((path) => existsSync(path))

function spawnTied(options: ChildOptions): ChildProcess {
  const tie =
    SETPRIV === undefined
      ? []
      : [
          SETPRIV,
          '--pdeathsig',
          options.orphanSignal.slice('SIG'.length),
          ...(options.privileges ?? []),
          '--',
        ]
  const [command = '', ...args] = [...PRIVATELY, ...tie, options.command, ...options.args]
  return spawn(command, args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

async function stopChild(
  process_: ChildProcess,
  exited: Promise<Exit>,
  signal: NodeJS.Signals,
  graceMs: number,
): Promise<Exit> {
  const insist = setTimeout(() => process_.kill('SIGKILL'), graceMs)
  process_.kill(signal)
  const exit = await exited
  clearTimeout(insist)
  return exit
}

function openLog(file: string): WriteStream {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  if (existsSync(file) && statSync(file).size > LOG_BYTES_MAX) renameSync(file, `${file}.1`)
  return createWriteStream(file, { flags: 'a', mode: 0o600 })
}

function readLines(from: Readable | null, log: WriteStream, onLine: (line: string) => void): void {
  if (from === null) return
  createInterface({ input: from, crlfDelay: Infinity }).on('line', (line) => {
    if (log.writable) log.write(`${line}\n`)
    onLine(line)
  })
}
