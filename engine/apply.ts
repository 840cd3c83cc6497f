/** The core: what a command does to the market, told in events.
 *
 *  Time comes with the entry, a refusal is an event, a broken invariant ends the process. A command
 *  that changes anything does so through the file of its kind in its area's folder. */
import {
  assert,
  assertNever,
  compareEntryIds,
  entryAtMs,
  isRemembered,
  KEY_AHEAD_MS_MAX,
  KINDS_FOR_OTHERS,
  sequence,
} from '../schema/index.ts'
import type {
  AccountId,
  AtMs,
  Command,
  CommandEntry,
  Event,
  EventEntry,
  Refused,
  RejectCode,
  Repeated,
} from '../schema/index.ts'
import { newAccount } from './cash/account.ts'
import type { Account } from './cash/account.ts'
import { packAnswer, unpackAnswer } from './keys/kept-answer.ts'
import { assertCashIsWhole } from './cash/cash.ts'
import { passTime } from './market/closing.ts'
import { amendBid } from './market/amend-bid.ts'
import { cancelBid } from './market/cancel-bid.ts'
import { deposit } from './cash/deposit.ts'
import { openListing } from './market/open-listing.ts'
import type { Outcome } from './outcome.ts'
import { placeBid } from './market/place-bid.ts'
import { approveListing, rejectListing } from './market/review-listing.ts'
import { withdrawListing } from './market/withdraw-listing.ts'
import { fingerprint } from './keys/fingerprint.ts'
import type { KeyRecord } from './keys/key-memory.ts'
import { keyWords, wordsTimeMs } from './keys/key-words.ts'
import type { KeyWords } from './keys/key-words.ts'
import { assertHoldsAreBids } from './market/open-bids.ts'
import { RowBudget } from './market/row-budget.ts'
import { traceEntry } from './digest/trace-entry.ts'
import { digestOf } from './state.ts'
import type { State } from './state.ts'

/** Applies the next entry of the journal: first what time has brought about, then, unless the same
 *  batch had come before, each command in order. */
export function applyEntry(state: State, entry: CommandEntry): EventEntry {
  const { id, atMs, source, batch } = entry
  assert(compareEntryIds(state.id, id) < 0, 'entries come in the order of the journal')
  assert(atMs === entryAtMs(id), 'an entry carries the time of its id')
  const previousId = state.id
  state.id = id
  state.sequence = sequence(state.sequence + 1)
  if (state.epochMs === 0) state.epochMs = atMs

  const timed = passTime(state, atMs)
  const budget = new RowBudget(state.limits.causedRowsMax)
  const isDuplicate = !state.sources.admit(source, batch)
  const writtenAtMs = entry.writing?.atMs ?? atMs
  const answered = isDuplicate
    ? []
    : entry.commands.map((command): readonly Event[] =>
        apply(state, command, atMs, budget, writtenAtMs),
      )
  assertCashIsWhole(state)
  const { sequence: place } = state
  const said = {
    id,
    atMs,
    source,
    batch,
    sequence: place,
    previousId,
    isDuplicate,
    timed,
    answered,
  }
  traceEntry(state, said, entry.writing)
  return { ...said, digest: digestOf(state) }
}

/** Carries out one command, after what time has brought about. The first event is the answer. What it
 *  brings about beyond that is spent from the budget of its entry.
 *
 *  The answer is remembered under the key, refusals included, but for those that pass by (schema/reject.ts). */
export function apply(
  state: State,
  command: Command,
  atMs: AtMs,
  budget = new RowBudget(state.limits.causedRowsMax),
  writtenAtMs = atMs,
): readonly Event[] {
  const account = accountOf(state, command.accountId)
  if (account === null) return [refused(command, 'market-full')]
  const words = keyWords(command.key)
  const print = fingerprint(command)
  const known = state.keys.find(account, words)
  if (known !== null) {
    const { high, low } = known.fingerprint
    const isSame = high === print.high && low === print.low
    return [isSame ? repeated(command, known) : refused(command, 'key-reused')]
  }
  const isOwn = !KINDS_FOR_OTHERS.has(command.kind)
  const doubt = doubtOf(account, words, Math.max(atMs, writtenAtMs))
  if (doubt !== null) return [refused(command, doubt)]
  if (!state.keys.hasRoom(account, isOwn, atMs)) return [refused(command, 'busy')]

  const outcome = perform(state, account, command, atMs, budget)
  if (typeof outcome === 'string' && !isRemembered(outcome)) return [refused(command, outcome)]
  const events = typeof outcome === 'string' ? ([refused(command, outcome)] as const) : outcome
  const answer = packAnswer(command, events[0])
  const record = { words, fingerprint: print, sequence: state.sequence, answer }
  state.keys.remember(account, record, isOwn, atMs, state.cut)
  assertHoldsAreBids(account)
  assertCashIsWhole(state)
  return events
}

function perform(
  state: State,
  account: Account,
  command: Command,
  atMs: AtMs,
  budget: RowBudget,
): Outcome {
  if (command.deadlineMs !== 0 && atMs > command.deadlineMs) return 'deadline-passed'
  switch (command.kind) {
    case 'PlaceBid':
      return placeBid(state, account, command, atMs, budget)
    case 'CancelBid':
      return cancelBid(state, account, command, atMs)
    case 'AmendBid':
      return amendBid(state, account, command, atMs, budget)
    case 'Deposit':
      return deposit(state, account, command)
    case 'OpenListing':
      return openListing(state, account, command, atMs)
    case 'WithdrawListing':
      return withdrawListing(state, account, command, atMs, budget)
    case 'ApproveListing':
      return approveListing(state, account, command, atMs, budget)
    case 'RejectListing':
      return rejectListing(state, account, command, atMs, budget)
    default:
      return assertNever(command)
  }
}

/** An account is opened by its first command; null when the market has no place for another. */
function accountOf(state: State, accountId: AccountId): Account | null {
  const known = state.accounts.get(accountId)
  if (known !== undefined) return known
  if (state.accounts.size >= state.limits.accountsMax) return null
  const account = newAccount(accountId, state.accounts.size)
  state.accounts.set(accountId, account)
  return account
}

/** Why a key that is not remembered cannot be taken for a new one; null when it can. Keys are made by the clock of
 *  the gateway, which may be ahead of the journal's: `nowMs` is the later of both. */
function doubtOf(account: Account, words: KeyWords, nowMs: number): RejectCode | null {
  const keyMs = wordsTimeMs(words)
  if (keyMs <= account.forgottenMs) return 'key-expired'
  return keyMs > nowMs + KEY_AHEAD_MS_MAX ? 'key-ahead' : null
}

function refused({ accountId, key }: Command, code: RejectCode): Refused {
  return { kind: 'Refused', accountId, key, code }
}

function repeated(command: Command, known: KeyRecord): Repeated {
  const { accountId, key } = command
  const answer = unpackAnswer(command, known.answer)
  return { kind: 'Repeated', accountId, key, sequence: sequence(known.sequence), answer }
}
