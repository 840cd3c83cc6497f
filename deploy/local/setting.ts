/** The settings of `npm start`. Whatever else is in the environment reaches the programs as it is. */
import { resolve } from 'node:path'
import { z } from 'zod'

const redisUrl = z.url({ protocol: /^rediss?$/ }).optional()

export const launcherSettings = z.object({
  PORT: z.coerce.number().int().min(1).max(65_535).default(8080),
  DATA_DIR: z
    .string()
    .default('.data')
    .transform((path) => resolve(path)),
  DEMO: z.enum(['on', 'off']).default('on'),
  /** A server that is given is not started here. */
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  JOURNAL_REDIS_URL: redisUrl,
  QUEUE_REDIS_URL: redisUrl,
  /** Made up and kept in DATA_DIR when not said. */
  OPERATOR_PASSWORD: z.string().min(10).optional(),
  REVIEWER_PASSWORD: z.string().min(10).optional(),
  DEMO_EMAIL: z.email().default('demo@lendbook.example'),
  /** Shown to everybody by GET /v1/market: it guards nothing. */
  DEMO_PASSWORD: z.string().min(10).default('lendbook-demo'),
})

export type LauncherSettings = z.output<typeof launcherSettings>
