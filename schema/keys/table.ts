/** The rows of keys: where the answer to each lies. */
import { bigint, derived, integer, table, uuid } from '../declare/table.ts'

/** Command `place` of entry `sequence`. */
export const OUTCOME = table('outcome', {
  columns: {
    account_id: bigint(),
    key: uuid(),
    sequence: bigint(),
    place: integer(),
  },
  key: ['account_id', 'key'],
  changes: {},
  origin: derived(),
})
