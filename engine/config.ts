/** The settings of an engine process. */
import { z } from 'zod'
import { SCHEMA_VERSION } from '../schema/entry.ts'
import {
  SECOND_ENGINE_WAIT_MS,
  SNAPSHOT_EVERY_ENTRIES,
  SNAPSHOT_EVERY_MS,
} from '../schema/limit.ts'
import { RULES_NEED_SCHEMA } from './rules.ts'

/** The version of the schema to write by: this build's, or the one before while a rollout is under way. */
export const schemaWritten = z.coerce
  .number()
  .int()
  .min(SCHEMA_VERSION - 1)
  .max(SCHEMA_VERSION)
  .default(SCHEMA_VERSION)

/** As `schemaWritten`, but for an engine, which has to say all that its rules bring about. */
const schemaSaid = schemaWritten.refine((version) => version >= RULES_NEED_SCHEMA, {
  error: `the rules of this build need schema version ${RULES_NEED_SCHEMA}: replace gateways and settlement first`,
})

export const engineSettings = z.object({
  MARKET: z
    .string()
    .regex(/^[a-z0-9-]+$/)
    .default('demo'),
  JOURNAL_REDIS_URL: z.url({ protocol: /^rediss?$/ }).default('redis://127.0.0.1:6379'),
  /** 0 takes any free port, and the ready line tells which. */
  OPS_PORT: z.coerce.number().int().min(0).max(65_535).default(0),
  OPS_HOST: z.string().default('127.0.0.1'),
  SECOND_ENGINE_WAIT_MS: z.coerce.number().int().min(1).default(SECOND_ENGINE_WAIT_MS),
  SNAPSHOT_EVERY_ENTRIES: z.coerce.number().int().min(1).default(SNAPSHOT_EVERY_ENTRIES),
  SCHEMA_WRITTEN: schemaSaid,
  SNAPSHOT_EVERY_MS: z.coerce.number().int().min(100).default(SNAPSHOT_EVERY_MS),
})

export type EngineSettings = z.output<typeof engineSettings>
