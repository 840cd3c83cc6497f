/** The rows of people and of their being signed in. Written by the gateway, one at a time. */
import {
  bigint,
  bytea,
  filled,
  original,
  someOf,
  table,
  text,
  timestamp,
} from '../declare/table.ts'
import { ROLES } from '../permission.ts'

export const PERSON = table('person', {
  columns: {
    account_id: filled(bigint(), 'identity'),
    email: text(),
    name: text(),
    password_hash: text(),
    roles: someOf(ROLES),
    created_at: filled(timestamp(), 'now()'),
  },
  key: ['account_id'],
  changes: {},
  origin: original('Written by the person.'),
})

/** A device that a person has signed in from: who has its secret is not held back by what others guess. */
export const DEVICE = table('device', {
  columns: {
    account_id: bigint(),
    token_hash: bytea(),
    seen_at: filled(timestamp(), 'now()'),
  },
  key: ['account_id', 'token_hash'],
  changes: { seen: ['seen_at'] },
  origin: original('Written as people sign in.'),
})

export const SESSION = table('session', {
  columns: {
    token_hash: bytea(),
    account_id: bigint(),
    created_at: filled(timestamp(), 'now()'),
    expires_at: timestamp(),
  },
  key: ['token_hash'],
  changes: {},
  origin: original('Written as people sign in.'),
})
