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

  /** Opens a new group for what is started from now on. */
  group(): void {
    this.#groups.push([])
  }

  /** Starts a server and answers its address, which stays the same when it has to be started again. */
  async addServer(
    name: string,
    start: () => Promise<Child & { readonly url: string; shutdown(): Promise<void> }>,
  ): Promise<string> {
    const supervision = await supervise({ name, start, ...this.#watching(true) })
    this.#keep(name, () => supervision.current().pid, supervision.stop)
    return supervision.current().url
  }

  /** Starts a program and waits until it is at work. */
  async addProgram(spec: RoleSpec, isVital: boolean): Promise<void> {
    const start = async (): Promise<RoleProcess> => {
      const program = await startRole({ ...spec, logDir: this.logDir })
      await program.ready
      return program
    }
    const supervision = await supervise({ name: spec.name, start, ...this.#watching(isVital) })
    this.#keep(spec.name, () => supervision.current().pid, supervision.stop)
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

  #keep(name: string, pid: () => number, stop: () => Promise<void>): void {
    this.#groups.at(-1)?.push({ name, pid, stop })
  }

  #watching(isVital: boolean) {
    return {
      onTrouble: (line: string) => this.#listener.onLine(line),
      onGivenUp: (line: string) =>
        isVital ? this.#listener.onFailure(line) : this.#listener.onLine(line),
    }
  }
}
