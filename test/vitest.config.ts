/** Three kinds of tests: `unit` needs nothing but our code, `system` starts real servers and
 *  processes, `journey` looks through a real browser. A seed that a test prints is given back as
 *  SEED=…. */
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const SYSTEM_MS_MAX = 120_000

/** Real processes compete for the cores: one file at a time, and time enough on a busy machine. */
const withProcesses = {
  globalSetup: ['test/harness/built.ts'],
  pool: 'forks' as const,
  fileParallelism: false,
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
      { test: { name: 'system', include: ['test/**/*.system.test.ts'], ...withProcesses } },
      { test: { name: 'journey', include: ['test/**/*.journey.test.ts'], ...withProcesses } },
    ],
  },
})
