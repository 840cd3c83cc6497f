/** What runs, by name, and how to start each of it again. */
import type { Child } from './child.ts'
import type { Ready } from './processes.ts'

export interface Running extends Child {
  /** Asks it to end in good order, and waits. */
  shutdown(): Promise<void>
  /** What a program said when it was ready; null for a server. */
  readonly said: Ready | null
}

type Starter = (env: NodeJS.ProcessEnv) => Promise<Running>

export class ProcessTable {
  readonly #starters = new Map<string, Starter>()
  readonly #running = new Map<string, Running>()

  /** Starts it, and keeps how. */
  async add(name: string, starter: Starter): Promise<void> {
    this.#starters.set(name, starter)
    await this.start(name)
  }

  /** Like `add` for a server, whose address is wanted. */
  async addServer<Server extends Omit<Running, 'said'>>(
    name: string,
    starter: () => Promise<Server>,
  ): Promise<Server> {
    let server: Server | undefined
    await this.add(name, async () => {
      server = await starter()
      return { ...server, said: null }
    })
    if (server === undefined) throw new Error(`${name} was not started`)
    return server
  }

  names(): readonly string[] {
    return [...this.#starters.keys()]
  }

  running(name: string): Running {
    const running = this.#running.get(name)
    if (running === undefined) throw new Error(`${name} does not run`)
    return running
  }

  async start(name: string, env: NodeJS.ProcessEnv = {}): Promise<void> {
    const starter = this.#starters.get(name)
    if (starter === undefined) throw new Error(`no ${name} among ${this.names().join(', ')}`)
    const running = await starter(env)
    this.#running.set(name, running)
    void running.exited.then(() => {
      if (this.#running.get(name) === running) this.#running.delete(name)
    })
  }

  async kill(name: string, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const running = this.running(name)
    running.kill(signal)
    await running.exited
    this.#running.delete(name)
  }

  async restart(name: string, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (this.#running.has(name)) await this.kill(name, signal)
    await this.start(name)
  }

  async killAll(): Promise<void> {
    const all = [...this.#running.values()]
    for (const running of all) running.kill('SIGKILL')
    await Promise.all(all.map(({ exited }) => exited))
  }
}
