/** What became of the commands under one's keys, from Postgres. */
import { assert, atMs, sequence as brandSequence } from '../../schema/index.ts'
import type { AccountId, Answer, Key, OutcomeReply } from '../../schema/index.ts'
import { decodeEventBody } from '../../engine/journal/index.ts'
import type { Records } from '../records/records.ts'

/** The settled truth about one key; null while there is none. */
export async function findOutcome(
  records: Records,
  accountId: AccountId,
  key: Key,
): Promise<OutcomeReply | null> {
  const row = await records.ask((db) =>
    db
      .selectFrom('outcome')
      .innerJoin('settlement_journal as entry', 'entry.sequence', 'outcome.sequence')
      .select(['entry.sequence', 'entry.at', 'entry.events', 'outcome.place'])
      .where('outcome.account_id', '=', accountId)
      .where('outcome.key', '=', key)
      .executeTakeFirst(),
  )
  if (row === undefined) return null
  const given = decodeEventBody(row.events).answered[row.place]?.[0]
  assert(given !== undefined, `entry ${row.sequence} answers command ${row.place}`)
  const answer = given.kind === 'Repeated' ? given.answer : (given as Answer)
  return { sequence: brandSequence(row.sequence), atMs: atMs(row.at.getTime()), answer }
}
