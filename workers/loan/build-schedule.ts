/** A disbursed loan gets its repayment schedule: an annuity (等额本息), stored once however often the job
 *  runs, and together with the note that the job is done. */
import { annuityOf, dateOf, dayAt } from '../../engine/index.ts'
import type { RepaymentSchedule } from '../../engine/index.ts'
import type { NewRow } from '../../schema/declare/table.ts'
import type { TABLES } from '../../schema/table.ts'
import { assert, minor, ratePpm } from '../../schema/unit.ts'
import type { Database } from '../../engine/host/index.ts'

export interface ScheduledLoan {
  readonly loan_id: number
  readonly principal_minor: number
  readonly rate_ppm: number
  readonly term_months: number
  readonly disbursed_at: Date
}

/** Inside the transaction of the job. Of two that run at once the second waits for the first's commit
 *  and then stores nothing. */
export async function buildSchedule(tx: Database, loanId: number): Promise<void> {
  const loan = await tx
    .selectFrom('loan')
    .select(['loan_id', 'principal_minor', 'rate_ppm', 'term_months', 'disbursed_at'])
    .where('loan_id', '=', loanId)
    .executeTakeFirst()
  assert(loan !== undefined, `loan ${loanId} was disbursed before its schedule is built`)
  const { schedule, instalments } = scheduleRows(loan)
  const stored = await tx
    .insertInto('schedule')
    .values(schedule)
    .onConflict((conflict) => conflict.column('loan_id').doNothing())
    .executeTakeFirst()
  if (stored.numInsertedOrUpdatedRows === 0n) return
  await tx.insertInto('instalment').values(instalments).execute()
}

export interface ScheduleRows {
  readonly schedule: NewRow<typeof TABLES.schedule>
  readonly instalments: NewRow<typeof TABLES.instalment>[]
}

/** What the job leaves for a loan. */
export function scheduleRows(loan: ScheduledLoan): ScheduleRows {
  const schedule = scheduleOf(loan)
  return {
    schedule: {
      loan_id: loan.loan_id,
      method: 'annuity',
      instalment_minor: schedule.instalmentMinor,
    },
    instalments: instalmentRows(loan, schedule),
  }
}

function scheduleOf(loan: ScheduledLoan): RepaymentSchedule {
  const schedule = annuityOf({
    principalMinor: minor(loan.principal_minor),
    ratePpm: ratePpm(loan.rate_ppm),
    termMonths: loan.term_months,
    valueDay: dayAt(loan.disbursed_at.getTime()),
  })
  const principalMinor = schedule.instalments.reduce(
    (sum, { principalMinor }) => sum + principalMinor,
    0,
  )
  assert(principalMinor === loan.principal_minor, 'instalments repay the whole principal')
  assert(schedule.instalments.length <= loan.term_months, 'an instalment a month at most')
  return schedule
}

function instalmentRows(loan: ScheduledLoan, { instalments }: RepaymentSchedule) {
  return instalments.map(({ number, dueDay, principalMinor, interestMinor }) => ({
    loan_id: loan.loan_id,
    number,
    due_on: dateOf(dueDay),
    principal_minor: principalMinor,
    interest_minor: interestMinor,
  }))
}
