/** Our own programs as processes: `node dist/<role>/main.js`, ready when they say so. */
import { z } from 'zod'
import { BEHIND_THE_BIDS, describeExit, startChild } from './child.ts'
import type { Child } from './child.ts'
import { programOf } from './project.ts'

/** Replaying a long journal, or a first migration, on a busy machine. */
const READY_MS_MAX = 60_000
/** A role's own deadline for stopping is shorter. */
const STOP_MS_MAX = 30_000

export type Role = 'engine' | 'gateway' | 'workers' | 'workers/settlement' | 'deploy/demo'

const NICENESS: Readonly<Record<Role, number>> = {
  engine: 0,
  gateway: 0,
  workers: BEHIND_THE_BIDS,
  'workers/settlement': BEHIND_THE_BIDS,
  'deploy/demo': 0,
}

export interface RoleOptions {
  readonly role: Role
  /** Its name among its siblings: `engine-1`. */
  readonly name: string
  /** All of its environment; nothing is inherited that is not named here. */
  readonly env: NodeJS.ProcessEnv
  readonly logDir: string
}

/** What a program prints on one line of stdout once it is at work. */
const readySchema = z.looseObject({
  at: z.literal('ready'),
  port: z.int().optional(),
  opsPort: z.int().optional(),
})
export type Ready = z.output<typeof readySchema>

export interface RoleProcess extends Child {
  readonly role: Role
  /** Resolves when it is at work; rejects with its last words when it ends first. */
  readonly ready: Promise<Ready>
  /** SIGTERM, and SIGKILL to one that does not hear. */
  shutdown(): Promise<void>
}

/** Spawns a program. Await `ready` before relying on it. */
export async function startRole(options: RoleOptions): Promise<RoleProcess> {
  let announce: (ready: Ready) => void = () => undefined
  const announced = new Promise<Ready>((resolve) => {
    announce = resolve
  })
  const child = await startChild({
    name: options.name,
    command: process.execPath,
    args: ['--enable-source-maps', programOf(options.role)],
    env: options.env,
    logFile: `${options.logDir}/${options.name}.log`,
    orphanSignal: 'SIGKILL',
    niceness: NICENESS[options.role],
    onLine: (line) => {
      const ready = readReady(line)
      if (ready !== null) announce(ready)
    },
  })
  const ready = untilReady(child, announced)
  // Who is late is not waited for any longer; who has ended does not mind.
  ready.catch(() => child.kill('SIGKILL'))
  return {
    ...child,
    role: options.role,
    ready,
    shutdown: async () => {
      await child.stop('SIGTERM', STOP_MS_MAX)
    },
  }
}

async function untilReady(child: Child, announced: Promise<Ready>): Promise<Ready> {
  let late: NodeJS.Timeout | undefined
  const failed = new Promise<never>((_, reject) => {
    late = setTimeout(() => {
      reject(new Error(`${child.name} was not ready after ${READY_MS_MAX} ms`))
    }, READY_MS_MAX)
    void child.exited.then((exit) => {
      reject(new Error(`${child.name} ${describeExit(exit, child.lastLines())}`))
    })
  })
  try {
    return await Promise.race([announced, failed])
  } finally {
    clearTimeout(late)
  }
}

function readReady(line: string): Ready | null {
  if (!line.startsWith('{"at":"ready"')) return null
  return readySchema.parse(JSON.parse(line))
}
