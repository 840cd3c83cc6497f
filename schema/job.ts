/** The jobs that settlement's outbox asks of the workers: one row a topic, with its payload's form.
 *  The compiler asks workers/ for a processor for each. */
import { z } from 'zod'

export const JOBS = {
  /** A loan was disbursed: build its repayment schedule and store it once. */
  'build-schedule': z.strictObject({ loanId: z.int().min(1) }),
} as const satisfies Record<string, z.ZodType>

export type JobTopic = keyof typeof JOBS
export type JobPayload<Topic extends JobTopic> = z.output<(typeof JOBS)[Topic]>
export const JOB_TOPICS = Object.keys(JOBS) as readonly JobTopic[]
