/** The money: nothing appears, nothing vanishes, nothing is below zero, and each account's cash is what
 *  its own story says. The story is folded here anew from the events, not with the ledger's postings. */
import type { Event } from '../../../schema/index.ts'
import { promised } from '../attempt.ts'
import type { Ledger } from '../attempt.ts'
import { eventsOf } from '../evidence.ts'
import type { Evidence, Rows } from '../evidence.ts'
import type { Findings } from './violation.ts'

const POOL = 1001
const AVAILABLE = 2001
const HELD = 2002
const COLLECTED = 2101
const CLAIM = 3001
const LOAN = 3002
const ASSETS: readonly number[] = [POOL, CLAIM]

export function checkMoney(evidence: Evidence, ledger: Ledger, findings: Findings): void {
  checkTotals(evidence, ledger, findings)
  checkRows(evidence, ledger, findings)
  checkTransfers(evidence, findings)
  checkCash(evidence, findings)
  checkHeld(evidence, findings)
}

function balanceOf({ code, debits_minor, credits_minor }: Rows['ledger_account'][number]): number {
  return ASSETS.includes(code) ? debits_minor - credits_minor : credits_minor - debits_minor
}

function totalOf({ ledger_account }: Evidence, ...codes: readonly number[]): number {
  return ledger_account
    .filter(({ code }) => codes.includes(code))
    .reduce((total, row) => total + balanceOf(row), 0)
}

function checkTotals(evidence: Evidence, ledger: Ledger, findings: Findings): void {
  const poolMinor = totalOf(evidence, POOL)
  const owedMinor = totalOf(evidence, AVAILABLE, HELD, COLLECTED)
  findings.expect(
    poolMinor === owedMinor,
    'wrong-total',
    () => `the bank holds ${poolMinor}, clients are owed ${owedMinor}`,
  )
  const [claimsMinor, loansMinor] = [totalOf(evidence, CLAIM), totalOf(evidence, LOAN)]
  findings.expect(
    claimsMinor === loansMinor,
    'wrong-total',
    () => `claims come to ${claimsMinor}, loans to ${loansMinor}`,
  )
  const { certainMinor, possibleMinor } = deposited(ledger)
  findings.expect(
    certainMinor <= poolMinor && poolMinor <= possibleMinor,
    'wrong-total',
    () => `the bank holds ${poolMinor}, deposited were ${certainMinor} to ${possibleMinor}`,
  )
}

/** Deposits without an answer may have happened. */
function deposited(ledger: Ledger): { certainMinor: number; possibleMinor: number } {
  let certainMinor = 0
  let possibleMinor = 0
  for (const attempt of ledger.all()) {
    if (attempt.asked.kind !== 'deposit') continue
    const said = promised(attempt)
    if (said?.kind === 'deposited') certainMinor += attempt.asked.amountMinor
    if (said?.kind !== 'refused') possibleMinor += attempt.asked.amountMinor
  }
  return { certainMinor, possibleMinor }
}

function checkRows(evidence: Evidence, ledger: Ledger, findings: Findings): void {
  const people = new Set(evidence.person.map((row) => row.account_id))
  const owners = new Set<number>()
  for (const row of evidence.ledger_account) {
    const balance = balanceOf(row)
    findings.expect(
      Number.isSafeInteger(balance),
      'nil',
      () => `account ${row.code}/${row.owner} holds ${String(balance)}`,
    )
    findings.expect(
      !(balance < 0),
      'negative',
      () => `account ${row.code}/${row.owner} holds ${balance}`,
    )
    if (row.code !== AVAILABLE && row.code !== HELD) continue
    owners.add(row.owner)
    findings.expect(
      people.has(row.owner),
      'unexpected-key',
      () => `account ${row.code}/${row.owner} belongs to nobody`,
    )
  }
  for (const attempt of ledger.all())
    if (promised(attempt)?.kind === 'deposited')
      findings.expect(
        owners.has(attempt.accountId),
        'nil',
        () => `account ${attempt.accountId} was given cash and has no balance`,
      )
}

/** The balances are the sums of the transfers, which count up without gaps. */
function checkTransfers(evidence: Evidence, findings: Findings): void {
  for (const { transfers, ids, last } of evidence.transfer) {
    findings.expect(
      transfers === ids,
      'doubled',
      () => `${transfers} transfers have ${ids} different ids`,
    )
    findings.expect(ids === last, 'lost', () => `${ids} transfers, the last of them is ${last}`)
  }
  const sums = new Map<string, number>()
  for (const { code, owner, minor } of evidence.transferred) sums.set(`${code}/${owner}`, minor)
  for (const row of evidence.ledger_account) {
    const key = `${row.code}/${row.owner}`
    findings.expect(
      row.credits_minor - row.debits_minor === (sums.get(key) ?? 0),
      'ledger',
      () => `account ${key} is not the sum of its transfers`,
    )
    sums.delete(key)
  }
  for (const [key, minor] of sums)
    findings.expect(minor === 0, 'ledger', () => `transfers of ${key}, which has no balance`)
}

interface Story {
  available: number
  held: number
  deposited: number
  invested: number
  received: number
}

function checkCash(evidence: Evidence, findings: Findings): void {
  const stories = new Map<number, Story>()
  for (const event of eventsOf(evidence)) tell(event, (accountId) => storyOf(stories, accountId))
  const booked = new Map<string, number>()
  for (const row of evidence.ledger_account) booked.set(`${row.code}/${row.owner}`, balanceOf(row))
  for (const [accountId, story] of stories) {
    const available = booked.get(`${AVAILABLE}/${accountId}`) ?? 0
    const held = booked.get(`${HELD}/${accountId}`) ?? 0
    findings.expect(
      available === story.available && held === story.held,
      'wrong-cash',
      () => `account ${accountId} has ${available} + ${held}, its events say ${text(story)}`,
    )
    findings.expect(
      available + held === story.deposited - story.invested + story.received,
      'wrong-cash',
      () => `account ${accountId} has ${available + held} in all, its events say ${text(story)}`,
    )
  }
}

/** What is held of an account is what the open bids of the read tables have in their books: a bid that
 *  was lowered, or whose listing was withdrawn, holds nothing that nobody can see. */
function checkHeld({ ledger_account, bid }: Evidence, findings: Findings): void {
  const open = new Map<number, number>()
  for (const { account_id: owner, status, accepted_minor: acceptedMinor } of bid)
    if (status === 'open') open.set(owner, (open.get(owner) ?? 0) + acceptedMinor)
  for (const row of ledger_account.filter(({ code }) => code === HELD)) {
    const [heldMinor, openMinor] = [balanceOf(row), open.get(row.owner) ?? 0]
    findings.expect(
      heldMinor === openMinor,
      'wrong-cash',
      () => `${heldMinor} of account ${row.owner} are held, its open bids come to ${openMinor}`,
    )
  }
}

function storyOf(stories: Map<number, Story>, accountId: number): Story {
  let story = stories.get(accountId)
  if (story === undefined) {
    story = { available: 0, held: 0, deposited: 0, invested: 0, received: 0 }
    stories.set(accountId, story)
  }
  return story
}

function tell(event: Event, storyOfAccount: (accountId: number) => Story): void {
  const release = (accountId: number, minor: number) => {
    const story = storyOfAccount(accountId)
    story.held -= minor
    story.available += minor
  }
  switch (event.kind) {
    case 'Deposited':
      storyOfAccount(event.accountId).available += event.amountMinor
      storyOfAccount(event.accountId).deposited += event.amountMinor
      break
    case 'BidPlaced':
      release(event.accountId, 0 - event.acceptedMinor)
      break
    case 'BidOutbid':
    case 'BidCancelled':
      release(event.accountId, event.releasedMinor)
      break
    case 'BidAmended':
      release(event.accountId, event.releasedMinor - event.heldMinor)
      break
    case 'BidsCut':
    case 'ListingExpired':
    case 'BidsReleased':
      for (const bid of event.released) release(bid.accountId, bid.amountMinor)
      break
    case 'LoanDisbursed':
      for (const fill of event.fills) {
        storyOfAccount(fill.accountId).held -= fill.amountMinor
        storyOfAccount(fill.accountId).invested += fill.amountMinor
      }
      storyOfAccount(event.borrowerId).available += event.amountMinor
      storyOfAccount(event.borrowerId).received += event.amountMinor
      break
    case 'ListingOpened':
    case 'BiddingOpened':
    case 'ListingApproved':
    case 'ListingRejected':
    case 'ReviewLapsed':
    case 'ListingAllocated':
    case 'ListingWithdrawn':
    case 'Refused':
    case 'Repeated':
      break
  }
}

function text(story: Story): string {
  return JSON.stringify(story)
}
