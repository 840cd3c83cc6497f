/** Whoever sees both journal and record makes sure that they are of one market and one history, before
 *  anything is read from the journal or written to it.
 *
 *  Invariant: a journal without the market's identity is given it only when there is nothing to lose (no
 *  journal has carried it yet, and nothing is recorded) or when it is found to be the one (as a build from
 *  before there were identities left it: the entry where the record ends is in it). The record never ends
 *  behind the journal's last entry, and trimming stops before the entry where the record ends; so that
 *  entry is there, or the journal is not the one. */
import type { Kysely } from 'kysely'
import { GENESIS } from '../../schema/entry.ts'
import type { Digest, EntryId, MarketIdentity } from '../../schema/entry.ts'
import type { Tables } from '../../schema/table.ts'
import { JournalForeign, REMEDY } from './failure.ts'
import { assertIdentity, readIdentity } from './identity.ts'
import type { Journal } from './journal.ts'
import { readRules } from './rules.ts'
import type { HeldRules } from './rules.ts'
import { readEventHead } from './stored-entry.ts'
import type { EventHead, StoredEntry } from './stored-entry.ts'

type RecordDb = Pick<Kysely<Tables>, 'selectFrom' | 'updateTable'>

interface RecordedMarket {
  readonly identity: MarketIdentity
  readonly isCarried: boolean
  /** The rules that its journal was last seen to be kept by; null when it said none. */
  readonly held: HeldRules | null
}

interface RecordEnd {
  readonly sequence: number
  readonly id: EntryId
  readonly digest: Digest
}

/** From now on the journal is held to the record's identity. Throws JournalForeign, one clear line, when
 *  it is not the record's journal, or has lost what is recorded. */
export async function joinRecord(db: RecordDb, journal: Journal): Promise<MarketIdentity> {
  const { identity, isCarried } = await readMarket(db)
  const found = await readIdentity(journal, journal)
  if (found !== null) await assertIdentity(journal, journal, identity)
  const end = await assertRecordEnds(db, journal)
  if (found === null) {
    const isHalfRebuilt = (await journal.call('EXISTS', journal.keys.rebuilding)) === 1
    if (isCarried || isHalfRebuilt) throw new JournalForeign(await strangeness(journal, end))
    // The first of several wins; the others find it there, and it had better be theirs.
    await journal.call('SET', journal.keys.identity, identity, 'NX')
  }
  await journal.hold(identity)
  if (!isCarried)
    await db
      .updateTable('market_identity')
      .set({ carried_at: new Date() })
      .where('carried_at', 'is', null)
      .execute()
  return identity
}

/** `found` is what a database carries now. Throws JournalForeign when that is another market's. */
export function assertIsRecordOf(
  found: MarketIdentity | undefined,
  identity: MarketIdentity,
): void {
  if (found !== identity)
    throw new JournalForeign(
      `the database carries the identity ${found ?? 'of nobody'}, the journal ${identity}: correct DATABASE_URL`,
    )
}

/** What the database carries, and whether its journal was seen to carry it too. */
export async function readMarket(db: RecordDb): Promise<RecordedMarket> {
  const { identity, carried_at, rules, rules_since } = await db
    .selectFrom('market_identity')
    .selectAll()
    .executeTakeFirstOrThrow()
  const held = rules === null ? null : { rules, since: rules_since ?? GENESIS }
  return { identity, isCarried: carried_at !== null, held }
}

/** Writes down by which rules the journal is kept, for a rebuild. */
export async function recordRules(db: RecordDb, journal: Journal): Promise<void> {
  const held = await readRules(journal)
  if (held === null) return
  await db
    .updateTable('market_identity')
    .set({ rules: held.rules, rules_since: held.since })
    .where((row) =>
      row.or([
        row('rules', 'is', null),
        row('rules', '!=', held.rules),
        row('rules_since', '!=', held.since),
      ]),
    )
    .execute()
}

/** The entry where the record ends is in the journal, as it was recorded, or the journal's first entries
 *  follow on it. */
async function assertRecordEnds(db: RecordDb, journal: Journal): Promise<RecordEnd> {
  for (;;) {
    const end = await readRecordEnd(db)
    if (await holds(journal, end)) return end
    // While we looked it may have moved on, and what it stood at been trimmed.
    if ((await readRecordEnd(db)).sequence === end.sequence)
      throw new JournalForeign(await strangeness(journal, end))
  }
}

async function readRecordEnd(db: RecordDb): Promise<RecordEnd> {
  const { sequence, entry_id, digest } = await db
    .selectFrom('settlement_cursor')
    .select(['sequence', 'entry_id', 'digest'])
    .where('stage', '=', 'recorded')
    .executeTakeFirstOrThrow()
  return { sequence, id: entry_id, digest }
}

async function holds(journal: Journal, end: RecordEnd): Promise<boolean> {
  const [at] = await headsOf(journal, end.id, end.id)
  if (at !== undefined) return at.sequence === end.sequence && at.digest === end.digest
  const [oldest] = await headsOf(journal, '-', '+')
  if (oldest === undefined) return end.sequence === 0
  return oldest.previousId === end.id && oldest.sequence === end.sequence + 1
}

async function headsOf(journal: Journal, from: string, to: string): Promise<readonly EventHead[]> {
  const { events } = journal.keys
  const found = (await journal.call('XRANGE', events, from, to, 'COUNT', 1)) as StoredEntry[]
  return found.map(readEventHead)
}

/** What an operator reads. */
async function strangeness(journal: Journal, { sequence, id }: RecordEnd): Promise<string> {
  const where = `the journal at ${journal.where}`
  const record = `the record ends at entry ${id} (sequence ${sequence})`
  if (await isEmpty(journal)) return `${where} is empty, and ${record}: ${REMEDY}`
  if ((await journal.call('EXISTS', journal.keys.rebuilding)) === 1)
    return `${where} is half rebuilt: run \`node dist/deploy/rebuild-journal.js\` again`
  if ((await readIdentity(journal, journal)) === null)
    return `${where} has entries but no identity, and ${record}: ${REMEDY}`
  return `${where} does not hold what is recorded, ${record}: ${REMEDY}`
}

/** Nothing was ever written to it. */
export async function isEmpty(journal: Journal): Promise<boolean> {
  const { commands, events, snapshots, identity, rebuilding, rules } = journal.keys
  const keys = [commands, events, snapshots, identity, rebuilding, rules]
  return (await journal.call('EXISTS', ...keys)) === 0
}
