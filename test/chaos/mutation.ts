/** The safety code, broken on purpose: each of these must be noticed. */
import { fileURLToPath } from 'node:url'

export interface Mutation {
  /** Below dist/. */
  readonly module: string
  /** Stands there exactly once. */
  readonly from: string
  readonly to: string
}

/** The environment that makes a program of dist/ the mutant. */
export function asMutant(...mutations: readonly Mutation[]): NodeJS.ProcessEnv {
  const hook = fileURLToPath(new URL('mutate.mjs', import.meta.url))
  return { NODE_OPTIONS: `--import=${hook}`, MUTATION: JSON.stringify(mutations) }
}

/** An entry that was sent again is carried out again. */
export const NO_BATCH_MEMORY: Mutation = {
  module: 'engine/apply.js',
  from: 'const isDuplicate = !state.sources.admit(source, batch);',
  to: 'const isDuplicate = false;',
}

/** A command that was sent again is carried out again. */
export const NO_KEY_MEMORY: Mutation = {
  module: 'engine/apply.js',
  from: 'const known = state.keys.find(account, words);',
  to: 'const known = null;',
}

/** Events are appended wherever the stream ends, whoever has said them before. */
export const NO_FENCE: Mutation = {
  module: 'engine/journal/script.js',
  from: "this.#source = readFileSync(path, 'utf8');",
  to: `this.#source = readFileSync(path, 'utf8')
        .replace('not is_after(ARGV[first], last)', 'false')
        .replace('ARGV[first + 4] ~= last', 'false')
        .replace("'XADD', stream, ARGV[at]", "'XADD', stream, '*'");`,
}

/** A settler moves the cursor from wherever it stands. */
export const NO_COMPARE_AND_SET: Mutation = {
  module: 'workers/settlement/cursor.js',
  from: 'where stage = $1 and sequence = $2 and',
  to: 'where stage = $1 and $2::bigint >= 0 and',
}

/** Every settler works, whoever else does, and nobody ends the other's sessions. */
export const NO_LEASE: readonly Mutation[] = [
  {
    module: 'workers/settlement/lease.js',
    from: 'where holder is null',
    to: 'where true or holder is null',
  },
  {
    module: 'workers/settlement/lease.js',
    from: 'if (former === null)',
    to: 'if (true)',
  },
  {
    module: 'workers/settlement/lease.js',
    from: 'if (rowCount !== 1)',
    to: 'if (false)',
  },
  {
    module: 'workers/settlement/held.js',
    from: 'return `exists (select from settlement_lease where term = $${first} and holder = $${first + 1})`',
    to: 'return `(true or $${first}::bigint > 0 or $${first + 1}::uuid is null)`',
  },
]

/** A bid that was amended to more stands in time where it stood. */
export const NO_NEW_PLACE: Mutation = {
  module: 'engine/market/amend-bid.js',
  from: 'bid.place = place;',
  to: '',
}

/** The row of a bid keeps the terms that it was placed on. */
export const NO_NEW_TERMS_IN_ROWS: Mutation = {
  module: 'workers/market/rows.js',
  from: "batch.bids.change('terms', {",
  to: 'void ({',
}

/** Whoever follows the own bids sees the amount that was first asked for. */
export const NO_NEW_AMOUNT_IN_FEED: Mutation = {
  module: 'gateway/market/on-event.js',
  from: 'bid.amountMinor = event.amountMinor;',
  to: '',
}
