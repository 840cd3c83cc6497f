/** Everything the market wrote down, read with plain SQL once it has come to rest. The checks are pure
 *  functions over this and the test's own ledger. */
import { Client, types } from 'pg'
import type { Command, Event, Writing } from '../../schema/index.ts'
import { decodeCommandBody, decodeEventBody } from '../../engine/journal/index.ts'

export interface RecordedEntry {
  readonly sequence: number
  readonly entryId: string
  readonly source: string
  readonly batch: number
  readonly digest: string
  readonly chainHash: Buffer
  readonly commandsBody: Buffer
  readonly eventsBody: Buffer
  readonly commands: readonly Command[]
  readonly writing: Writing | null
  readonly isDuplicate: boolean
  readonly timed: readonly Event[]
  readonly answered: readonly (readonly Event[])[]
}

export interface Rows {
  readonly outcome: readonly {
    readonly account_id: number
    readonly key: string
    readonly sequence: number
    readonly place: number
  }[]
  readonly bid: readonly {
    readonly bid_id: number
    readonly listing_id: number
    readonly account_id: number
    readonly amount_minor: number
    readonly accepted_minor: number
    readonly placed_minor: number
    readonly rate_ppm: number
    /** Its place in time among equal rates. */
    readonly place: number
    readonly status: string
  }[]
  readonly listing: readonly {
    readonly listing_id: number
    readonly mode: string
    readonly status: string
    readonly amount_minor: number
    readonly funded_minor: number
    readonly bid_count: number
    readonly clearing_rate_ppm: number | null
  }[]
  readonly loan: readonly {
    readonly loan_id: number
    readonly borrower_id: number
    readonly principal_minor: number
  }[]
  readonly ledger_account: readonly {
    readonly code: number
    readonly owner: number
    readonly debits_minor: number
    readonly credits_minor: number
  }[]
  /** What the transfers of an account come to. */
  readonly transferred: readonly {
    readonly code: number
    readonly owner: number
    readonly minor: number
  }[]
  /** One row: how many there are, how many different ids, and the last of them. */
  readonly transfer: readonly {
    readonly transfers: number
    readonly ids: number
    readonly last: number
  }[]
  readonly schedule: readonly { readonly loan_id: number; readonly schedules: number }[]
  readonly instalment: readonly {
    readonly loan_id: number
    readonly instalments: number
    readonly principal_minor: number
  }[]
  readonly settlement_cursor: readonly {
    readonly stage: string
    readonly sequence: number
    readonly digest: string
  }[]
  readonly person: readonly { readonly account_id: number }[]
}

export interface Evidence extends Rows {
  readonly entries: readonly RecordedEntry[]
}

const QUERIES = {
  outcome: 'select account_id, key::text, sequence, place from outcome',
  bid: `select bid_id, listing_id, account_id, amount_minor, accepted_minor, placed_minor, rate_ppm,
          coalesce(place, bid_id) as place, status from bid order by bid_id`,
  listing: `select listing_id, mode, status, amount_minor, funded_minor, bid_count, clearing_rate_ppm
              from listing order by listing_id`,
  loan: 'select loan_id, borrower_id, principal_minor from loan order by loan_id',
  ledger_account: `select code, owner, debits_minor::bigint, credits_minor::bigint from ledger_account`,
  transferred: `
    select code, owner, sum(minor)::bigint as minor
      from (select debit_code as code, debit_owner as owner, -amount_minor as minor from transfer
            union all select credit_code, credit_owner, amount_minor from transfer) as moved
     group by code, owner`,
  transfer: `select count(*) as transfers, count(distinct transfer_id) as ids,
               coalesce(max(transfer_id), 0) as last from transfer`,
  schedule: 'select loan_id, count(*) as schedules from schedule group by loan_id',
  instalment: `select loan_id, count(*) as instalments, sum(principal_minor)::bigint as principal_minor
                 from instalment group by loan_id`,
  settlement_cursor: 'select stage, sequence, digest from settlement_cursor',
  person: 'select account_id from person',
} as const satisfies Record<keyof Rows, string>

interface JournalRow {
  readonly sequence: number
  readonly entry_id: string
  readonly source: string
  readonly batch: number
  readonly digest: string
  readonly chain_hash: Buffer
  readonly commands: Buffer
  readonly events: Buffer
}

/** Reads one consistent picture. */
export async function readEvidence(databaseUrl: string): Promise<Evidence> {
  const client = new Client({
    connectionString: databaseUrl,
    types: { getTypeParser: parserOf },
  })
  await client.connect()
  try {
    await client.query('begin isolation level repeatable read read only')
    const journal = await client.query<JournalRow>(
      `select sequence, entry_id, source, batch, digest, chain_hash, commands, events
         from settlement_journal order by sequence`,
    )
    const rows: Partial<Record<keyof Rows, readonly unknown[]>> = {}
    for (const [name, query] of Object.entries(QUERIES))
      rows[name as keyof Rows] = (await client.query(query)).rows
    return { ...(rows as unknown as Rows), entries: journal.rows.map(decode) }
  } finally {
    await client.end()
  }
}

/** Every event in the order in which it happened. */
export function* eventsOf({ entries }: Pick<Evidence, 'entries'>): Generator<Event> {
  for (const { timed, answered } of entries) {
    yield* timed
    for (const events of answered) yield* events
  }
}

function decode(row: JournalRow): RecordedEntry {
  return {
    sequence: row.sequence,
    entryId: row.entry_id,
    source: row.source,
    batch: row.batch,
    digest: row.digest,
    chainHash: row.chain_hash,
    commandsBody: row.commands,
    eventsBody: row.events,
    ...decodeCommandBody(row.commands),
    ...decodeEventBody(row.events),
  }
}

const parserOf: typeof types.getTypeParser = (oid, format) =>
  format !== 'binary' && oid === types.builtins.INT8 ? Number : types.getTypeParser(oid, format)
