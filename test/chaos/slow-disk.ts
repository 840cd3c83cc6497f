/** A disk that takes its time to sync, made of slow-fsync.c where there is a compiler. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const SOURCE = fileURLToPath(new URL('slow-fsync.c', import.meta.url))

export function hasCompiler(): boolean {
  return spawnSync('cc', ['--version']).status === 0
}

/** Builds the shim into `dir`. @returns the environment that preloads it */
export function buildSlowDisk(dir: string, delayMs: number, mainDelayMs: number) {
  const shim = join(dir, 'slow-fsync.so')
  const args = ['-shared', '-fPIC', '-O2', '-o', shim, SOURCE, '-ldl']
  const { status, stderr } = spawnSync('cc', args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`cc: ${stderr}`)
  return {
    LD_PRELOAD: shim,
    SLOW_FSYNC_MS: String(delayMs),
    SLOW_FSYNC_MAIN_MS: String(mainDelayMs),
  }
}

/** Calls `start`, whose server takes over our own environment, with `env` in it. */
export async function withEnvironment<T>(
  env: Readonly<Record<string, string>>,
  start: () => Promise<T>,
): Promise<T> {
  Object.assign(process.env, env)
  const starting = start()
  for (const name of Object.keys(env)) delete process.env[name]
  return starting
}
