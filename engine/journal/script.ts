/** A Redis script: sent by its hash, and whole only when the server does not know it yet. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Argument, Caller } from './link.ts'

export class Script {
  readonly #source: string
  readonly #hash: string

  /** `path` of a .lua file whose head lists its KEYS, ARGV and answer. */
  constructor(path: string) {
    this.#source = readFileSync(path, 'utf8')
    this.#hash = createHash('sha1').update(this.#source).digest('hex')
  }

  async run(caller: Caller, keys: readonly string[], args: readonly Argument[]): Promise<unknown> {
    try {
      return await caller.call('EVALSHA', this.#hash, keys.length, ...keys, ...args)
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error
      return caller.call('EVAL', this.#source, keys.length, ...keys, ...args)
    }
  }
}
