/** The same stream as the engine meets it: commands with keys and holds, in entries of a hundred. */
import { applyEntry, createState } from '../../engine/index.ts'
import {
  accountId,
  atMs,
  bidId,
  keyFrom,
  listingId,
  minor,
  PLAIN_BID,
  PLAIN_LISTING,
  SCHEMA_VERSION,
} from '../../schema/index.ts'
import type { AccountId, Command, CommandEntry, FundingMode, Key } from '../../schema/index.ts'
import { Random } from '../../deploy/random.ts'
import { TERMS } from './workload.ts'
import type { Step } from './workload.ts'

const ACCOUNTS = 2_000
export const COMMANDS_PER_ENTRY = 100
const START_MS = 1_700_000_000_000
const CASH_MINOR = minor(1_000_000_000_000)
const OPEN_MS = 1_000_000_000

/** Entries that open the accounts and the listings, not measured. */
export function opening(mode: FundingMode, books: number): CommandEntry {
  const keys = new Keys()
  const deposits = Array.from({ length: ACCOUNTS }, (_, index): Command => {
    return { kind: 'Deposit', ...keys.by(accountId(index + 1), START_MS), amountMinor: CASH_MINOR }
  })
  const listings = Array.from({ length: books }, (): Command => {
    const terms = { ...TERMS, mode, termMonths: 36, openMs: OPEN_MS } as const
    const by = keys.by(accountId(ACCOUNTS + 1), START_MS)
    return { kind: 'OpenListing', ...by, ...terms, grade: 'B', purpose: 'car', ...PLAIN_LISTING }
  })
  return entryAt(0, [...deposits, ...listings])
}

/** The steps as entries, each made only when it is asked for, as a journal's reader decodes them. Bids are numbered by the engine in the order in which they are placed, which
 *  is the number they have in the stream. */
export function* entriesOf(steps: readonly Step[]): Generator<CommandEntry> {
  const keys = new Keys()
  const random = new Random(1)
  const owners: AccountId[] = []
  for (let from = 0, place = 1; from < steps.length; from += COMMANDS_PER_ENTRY, place++) {
    const commands = steps.slice(from, from + COMMANDS_PER_ENTRY).map((step): Command => {
      const owner = (owners[step.bid] ??= accountId(1 + random.below(ACCOUNTS)))
      return commandOf(step, keys.by(owner, START_MS + place))
    })
    yield entryAt(place, commands)
  }
}

/** An engine with its accounts and listings open, ready for the entries. */
export function startEngine(mode: FundingMode, books: number): (entry: CommandEntry) => void {
  const state = createState()
  applyEntry(state, opening(mode, books))
  return (entry) => {
    applyEntry(state, entry)
  }
}

type Asked = { readonly key: Key; readonly accountId: AccountId; readonly deadlineMs: 0 }

function commandOf(step: Step, by: Asked): Command {
  if (step.isCancel) return { kind: 'CancelBid', ...by, bidId: bidId(step.bid + 1) }
  const { amountMinor, ratePpm } = step
  return {
    kind: 'PlaceBid',
    ...by,
    listingId: listingId(step.book + 1),
    amountMinor,
    ratePpm,
    ...PLAIN_BID,
  }
}

function entryAt(place: number, commands: readonly Command[]): CommandEntry {
  const ms = START_MS + place
  const writing = { version: SCHEMA_VERSION, atMs: atMs(ms) }
  return { id: `${ms}-0`, atMs: atMs(ms), source: 'bench', batch: place + 1, commands, writing }
}

class Keys {
  readonly #random = new Random(2)
  readonly #bytes = new Uint8Array(10)

  by(accountId: AccountId, ms: number): Asked {
    for (let index = 0; index < 10; index++) this.#bytes[index] = this.#random.below(256)
    return { key: keyFrom(ms, this.#bytes), accountId, deadlineMs: 0 }
  }
}
