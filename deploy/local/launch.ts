/** All that one `npm start` has started, in order, so that it can be stopped the other way round. */
import { join } from 'node:path'
import type { Child } from './child.ts'
import { startRole } from './processes.ts'
import type { RoleProcess } from './processes.ts'
import type { RoleSpec } from './roles.ts'
import { supervise } from './supervisor.ts'

interface Started {
  readonly name: string
  readonly pid: () => number
  readonly stop: () => Promise<void>
}

export interface Server extends Child {
  readonly url: string
  shutdown(): Promise<void>
}

export interface Group {
  /** Starts a server and answers its address, which stays the same when it has to be started again. */
  readonly addServer: (name: string, start: () => Promise<Server>) => Promise<string>
  /** Starts a program and waits until it is at work. */
  readonly addProgram: (spec: RoleSpec, options: { readonly isVital: boolean }) => Promise<void>
}

export interface LaunchListener {
  /** Something happened that a person should see. */
  onLine(line: string): void
  /** Something the market cannot do without was given up. */
  onFailure(line: string): void
}

export class Launch {
  readonly logDir: string
  readonly #listener: LaunchListener
  /** Groups in the order of their start: what is in one group is stopped together. */
  readonly #groups: Started[][] = []

  constructor(dataDir: string, listener: LaunchListener) {
    this.logDir = join(dataDir, 'log')
    this.#listener = listener
  }

  /** What is started through the same group is stopped together; groups are stopped last one first,
   *  however their starts overlap. */
  group(): Group {
    const group: Started[] = []
    this.#groups.push(group)
    return {
      addServer: async (name, start) => {
        const supervision = await supervise({ name, start, ...this.#watching(true) })
        group.push({ name, pid: () => supervision.current().pid, stop: supervision.stop })
        return supervision.current().url
      },
      addProgram: async (spec, { isVital }) => {
        const start = () => this.#startProgram(spec)
        const part = { name: spec.name, start, ...this.#watching(isVital) }
        const supervision = await supervise(part)
        group.push({
          name: spec.name,
          pid: () => supervision.current().pid,
          stop: supervision.stop,
        })
      },
    }
  }

  /** The process of a part, 0 when there is none of that name. */
  pidOf(name: string): number {
    return (
      this.#groups
        .flat()
        .find((started) => started.name === name)
        ?.pid() ?? 0
    )
  }

  /** Last group first; within a group all at once. */
  async stop(): Promise<void> {
    for (const group of this.#groups.toReversed()) {
      await Promise.all(group.map(({ stop }) => stop()))
    }
  }

  async #startProgram(spec: RoleSpec): Promise<RoleProcess> {
    const program = await startRole({ ...spec, logDir: this.logDir })
    await program.ready
    return program
  }

  #watching(isVital: boolean) {
    return {
      onTrouble: (line: string) => this.#listener.onLine(line),
      onGivenUp: (line: string) =>
        isVital ? this.#listener.onFailure(line) : this.#listener.onLine(line),
    }
  }
}
