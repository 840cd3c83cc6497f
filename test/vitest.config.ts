/** Three kinds of tests: `unit` needs nothing but our code, `system` starts real servers and
 *  processes, `journey` looks through a real browser. A seed that a test prints is given back as
 *  SEED=…. */
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const SYSTEM_MS_MAX = 120_000

/** Real processes compete for the cores: time enough on a busy machine. Those that put load on, or
 *  stop the time between two events, have the machine to themselves; the others mostly wait, and run
 *  two files at a time. */
const withProcesses = {
  globalSetup: ['test/harness/built.ts'],
  pool: 'forks' as const,
  testTimeout: SYSTEM_MS_MAX,
  hookTimeout: SYSTEM_MS_MAX,
}

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.system.test.ts', 'test/**/*.journey.test.ts'],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'system',
          include: ['test/**/*.system.test.ts'],
          exclude: ['test/chaos/**'],
          maxWorkers: 2,
          ...withProcesses,
        },
      },
      {
        test: {
          name: 'chaos',
          include: ['test/chaos/*.system.test.ts'],
          fileParallelism: false,
          ...withProcesses,
        },
      },
      {
        test: {
          name: 'journey',
          include: ['test/**/*.journey.test.ts'],
          fileParallelism: false,
          ...withProcesses,
        },
      },
    ],
  },
})
