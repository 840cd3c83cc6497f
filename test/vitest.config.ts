/** Three kinds of tests: `unit` needs nothing but our code, `system` starts real servers and
 *  processes, `journey` looks through a real browser. A seed that a test prints is given back as
 *  SEED=…. */
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const SYSTEM_MS_MAX = 120_000

/** Real processes compete for the cores: time enough on a busy machine. Those in `ALONE` have the machine to
 *  themselves; the others mostly wait, and run two files at a time. */
const withProcesses = {
  globalSetup: ['test/harness/built.ts'],
  pool: 'forks' as const,
  testTimeout: SYSTEM_MS_MAX,
  hookTimeout: SYSTEM_MS_MAX,
}

/** What puts load on the machine, or measures what it does under it. */
const ALONE = ['test/chaos/*.system.test.ts', 'test/gateway/large-market.system.test.ts']

export default defineConfig({
  root: ROOT,
  test: {
    projects: [
      {
        // What the web app is built with: some of its words are made by its build.
        extends: 'web/vite.config.ts',
        root: ROOT,
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
          exclude: ALONE,
          maxWorkers: 2,
          ...withProcesses,
        },
      },
      {
        test: {
          name: 'load',
          include: ALONE,
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
