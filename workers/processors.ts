/** Who does which job. A new topic in schema/job.ts is asked for here by the compiler. */
import type { Database } from '../engine/host/index.ts'
import { JOBS } from '../schema/job.ts'
import type { JobPayload, JobTopic } from '../schema/job.ts'
import { buildSchedule } from './loan/build-schedule.ts'

/** Does the work inside `tx`, and only there: whatever it did twice must have its effect once. */
type Processor<Topic extends JobTopic> = (tx: Database, payload: JobPayload<Topic>) => Promise<void>

const PROCESSORS: { readonly [Topic in JobTopic]: Processor<Topic> } = {
  'build-schedule': (tx, { loanId }) => buildSchedule(tx, loanId),
}

/** Carries out the work of one outbox row and notes it as done, in one transaction. A row that is done
 *  already is left alone. Throws ZodError for a payload that is not the topic's. */
export async function processJob<Topic extends JobTopic>(
  db: Database,
  topic: Topic,
  outboxId: number,
  payload: unknown,
): Promise<void> {
  const parsed = JOBS[topic].parse(payload) as JobPayload<Topic>
  await db.transaction().execute(async (tx) => {
    const open = await tx
      .selectFrom('outbox')
      .select('outbox_id')
      .where('outbox_id', '=', outboxId)
      .where('done_at', 'is', null)
      .executeTakeFirst()
    if (open === undefined) return
    await PROCESSORS[topic](tx, parsed)
    await tx
      .updateTable('outbox')
      .set({ done_at: new Date() })
      .where('outbox_id', '=', outboxId)
      .execute()
  })
}
