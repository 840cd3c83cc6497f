/** The rows of the record: whose it is, the journal's entries, how far each stage has come, the engine's
 *  snapshots. */
import {
  bigint,
  bytea,
  filled,
  integer,
  nullable,
  oneOf,
  original,
  table,
  text,
  timestamp,
  uuid,
} from '../declare/table.ts'
import type { EntryId } from '../entry.ts'

/** One row. */
export const MARKET_IDENTITY = table('market_identity', {
  columns: {
    identity: filled(uuid(), 'gen_random_uuid()'),
    carried_at: nullable(timestamp()),
    rules: nullable(text()),
    rules_since: nullable(text<EntryId>()),
  },
  key: ['identity'],
  changes: {},
  origin: original('Made up once; held against the journal and every snapshot at each connect.'),
})

export const SETTLEMENT_JOURNAL = table('settlement_journal', {
  columns: {
    sequence: bigint(),
    entry_id: text<EntryId>(),
    at: timestamp(),
    source: text(),
    batch: bigint(),
    commands: bytea(),
    events: bytea(),
    digest: text(),
    chain_hash: bytea(),
  },
  key: ['sequence'],
  changes: {},
  origin: original('The record itself: its hash chain proves it.'),
})

export const SETTLEMENT_CURSOR = table('settlement_cursor', {
  columns: {
    stage: oneOf(['recorded', 'settled']),
    sequence: bigint(),
    entry_id: text<EntryId>(),
    digest: text(),
    chain_hash: bytea(),
  },
  key: ['stage'],
  changes: {
    position: ['sequence', 'entry_id', 'digest', 'chain_hash'],
  },
  origin: original('Each stands at an entry of the record, and is compared with it.'),
})

/** One row. */
export const SETTLEMENT_LEASE = table('settlement_lease', {
  columns: {
    term: bigint(),
    holder: nullable(uuid()),
    heartbeat_at: filled(timestamp(), 'now()'),
  },
  key: ['term'],
  changes: {},
  origin: original('Who works just now.'),
})

export const ENGINE_SNAPSHOT = table('engine_snapshot', {
  columns: {
    sequence: bigint(),
    entry_id: text<EntryId>(),
    digest: text(),
    number: integer(),
    chunks: integer(),
    checksum: bytea(),
    body: bytea(),
    created_at: filled(timestamp(), 'now()'),
    identity: nullable(uuid()),
  },
  key: ['sequence', 'number'],
  changes: {},
  origin: original('Loaded, and held against the entry of the record at which it stands.'),
})
