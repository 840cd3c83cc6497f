/** By which rules the journal is kept, and since which entry: `{market}:rules`, set by the first engine that
 *  speaks in a journal without, and from then on by `adoptRules` alone.
 *
 *  Invariant: what was said after that entry was said by these rules. So an engine of other rules never speaks
 *  (append-events.lua looks in the same step), and one of these rules begins at that entry or behind it: what lies
 *  before was said by others. */
import { GENESIS } from '../../schema/entry.ts'
import type { EntryId } from '../../schema/entry.ts'
import { packageAsset } from '../host/asset.ts'
import { RULES } from '../rules.ts'
import { RulesDiffer } from './failure.ts'
import type { Journal } from './journal.ts'
import { Script } from './script.ts'

const adopt = new Script(packageAsset(import.meta.url, 'adopt-rules.lua'))

export interface HeldRules {
  readonly rules: string
  /** They hold for what comes after this entry. */
  readonly since: EntryId
}

/** Null for a journal in which no engine has spoken that knew of rules. */
export async function readRules(journal: Journal): Promise<HeldRules | null> {
  const found = (await journal.call('GET', journal.keys.rules)) as Buffer | null
  return found === null ? null : rulesOf(found.toString())
}

/** Since when this build's rules hold. Throws RulesDiffer, one clear line, when others do. */
export async function assertOurRules(journal: Journal): Promise<EntryId> {
  const held = await readRules(journal)
  if (held !== null && held.rules !== RULES) throw rulesDiffer(journal, held.rules)
  return held?.since ?? GENESIS
}

/** `held` is what the journal says, in whole or its rules only. */
export function rulesDiffer({ where }: Journal, held: string): RulesDiffer {
  return new RulesDiffer(
    `the journal at ${where} is kept by the rules ${rulesOf(held).rules}, this build's are ${RULES}: run a build of those rules, or change over with \`node dist/deploy/adopt-rules.js\` (docs/operations.md, Upgrading)`,
  )
}

/** From entry `since` on, which must be the last that was answered, this build's rules hold. False when
 *  something was answered meanwhile, or somebody else changed the rules. */
export async function adoptRules(
  journal: Journal,
  held: HeldRules | null,
  since: EntryId,
): Promise<boolean> {
  const { events, rules } = journal.keys
  const args = [held === null ? '' : lineOf(held), lineOf({ rules: RULES, since }), since]
  return (await adopt.run(journal, [events, rules], args)) === 1
}

/** As it lies in the journal. */
export function lineOf({ rules, since }: HeldRules): string {
  return `${rules} ${since}`
}

function rulesOf(line: string): HeldRules {
  const [rules = '', since = GENESIS] = line.split(' ')
  return { rules, since: since as EntryId }
}
