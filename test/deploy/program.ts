/** A program of deploy/ for a person at a terminal, run to its end against a market. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { PROJECT_DIR } from '../../deploy/local/project.ts'
import type { TestMarket } from '../harness/market.ts'

export interface Ended {
  readonly code: number | null
  readonly said: string
}

export function runProgram(
  name: string,
  market: Pick<TestMarket, 'databaseUrl' | 'journalUrl'>,
  env: NodeJS.ProcessEnv = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [join(PROJECT_DIR, 'dist', 'deploy', name)], {
    env: {
      PATH: process.env['PATH'],
      DATABASE_URL: market.databaseUrl,
      JOURNAL_REDIS_URL: market.journalUrl,
      ...env,
    },
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (bytes: Buffer) => (said += String(bytes)))
  return new Promise((resolve) => {
    child.on('close', (code) => resolve({ code, said }))
  })
}
