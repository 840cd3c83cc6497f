/** Each class of violation is found where it is, and nowhere else: one thing broken at a time. */
import { expect, test } from 'vitest'
import type { BidRow, CashRow, Event } from '../../schema/index.ts'
import { checkAnswers } from './check/answers.ts'
import { checkBooks } from './check/books.ts'
import { checkChain } from './check/chain.ts'
import { checkMoney } from './check/money.ts'
import { checkReplay } from './check/replay.ts'
import { checkSchedules } from './check/schedules.ts'
import { checkViews } from './check/views.ts'
import { Findings } from './check/violation.ts'
import type { ViolationClass } from './check/violation.ts'
import type { Evidence, RecordedEntry } from './evidence.ts'
import type { JournalEnd } from './journal-end.ts'
import { playTinyMarket } from './tiny-market.ts'
import type { Played } from './tiny-market.ts'

function classesOf({ evidence, journal, ledger }: Played): ViolationClass[] {
  const findings = new Findings()
  checkAnswers(evidence, ledger, findings)
  checkMoney(evidence, ledger, findings)
  checkBooks(evidence, findings)
  checkChain(evidence, journal, findings)
  checkReplay(evidence, findings)
  checkSchedules(evidence, findings)
  return [...new Set(findings.found.map((violation) => violation.class))]
}

function broken(change: (evidence: Evidence, played: Played) => Partial<Evidence>): Played {
  const played = playTinyMarket()
  return { ...played, evidence: { ...played.evidence, ...change(played.evidence, played) } }
}

test('a market in which nothing is wrong has nothing reported', () => {
  expect(classesOf(playTinyMarket())).toEqual([])
})

test('the tiny market plays what the checks are about', () => {
  const { evidence } = playTinyMarket()
  const kinds = new Set(
    evidence.entries.flatMap((e) => [...e.timed, ...e.answered.flat()]).map(kindOf),
  )
  for (const kind of ['BidOutbid', 'BidCancelled', 'LoanDisbursed', 'ListingExpired'])
    expect([...kinds]).toContain(kind)
})

test('an acknowledged bid that nothing in the records knows of is lost', () => {
  const played = broken(({ outcome, bid }) => ({
    outcome: outcome.filter((_, index) => index !== 5),
    bid: bid.slice(1),
  }))
  expect(classesOf(played)).toContain('lost')
})

test('an outcome for a key that nobody asked is unexpected', () => {
  const played = broken(({ outcome }) => ({
    outcome: [...outcome, { account_id: 11, key: 'of nobody', sequence: 1, place: 0 }],
  }))
  expect(classesOf(played)).toEqual(['unexpected-key'])
})

test('a key that had effect twice is doubled', () => {
  const played = broken(({ entries }) => ({
    entries: entries.map((entry) => (entry.sequence === 3 ? twice(entry) : entry)),
  }))
  expect(classesOf(played)).toContain('doubled')
})

test('a record that says another answer than the caller heard is a wrong answer', () => {
  const played = broken((_, { ledger }) => {
    const [first] = ledger.all()
    first?.said.splice(0, 1, { kind: 'refused', code: 'market-full' })
    return {}
  })
  expect(classesOf(played)).toContain('wrong-answer')
})

test('two different answers to one key are a wrong answer', () => {
  const played = broken((_, { ledger }) => {
    const [first] = ledger.all()
    first?.said.push({ kind: 'refused', code: 'market-full' })
    return {}
  })
  expect(classesOf(played)).toEqual(['wrong-answer'])
})

test('money that appears, is missing or is below zero is told by its class', () => {
  const plus = (code: number, by: number) =>
    broken(({ ledger_account }) => ({
      ledger_account: ledger_account.map((row) =>
        row.code === code && row.owner === 11
          ? { ...row, credits_minor: row.credits_minor + by }
          : row,
      ),
    }))
  expect(classesOf(plus(2001, 1))).toEqual(expect.arrayContaining(['wrong-total', 'wrong-cash']))
  expect(classesOf(plus(2001, -10_000_000))).toContain('negative')
  expect(classesOf(plus(2001, NaN))).toContain('nil')
})

test('a balance that belongs to nobody is unexpected, and one that should be there is nil', () => {
  const without = broken(({ person }) => ({ person: person.slice(1) }))
  expect(classesOf(without)).toEqual(['unexpected-key'])
  const nil = broken(({ ledger_account }) => ({
    ledger_account: ledger_account.filter(({ owner }) => owner !== 12),
  }))
  expect(classesOf(nil)).toContain('nil')
})

test('a transfer that is posted twice is doubled, one that is missing is lost', () => {
  const doubled = broken(({ transfer }) => ({
    transfer: transfer.map((row) => ({ ...row, transfers: row.transfers + 1 })),
  }))
  expect(classesOf(doubled)).toContain('doubled')
  const lost = broken(({ transfer }) => ({
    transfer: transfer.map((row) => ({ ...row, last: row.last + 1 })),
  }))
  expect(classesOf(lost)).toContain('lost')
})

test('a listing that takes in more than it asked for is over-filled', () => {
  const played = broken(({ listing }) => ({
    listing: listing.map((row) => ({ ...row, funded_minor: row.amount_minor + 1 })),
  }))
  expect(classesOf(played)).toEqual(['over-filled'])
})

test('winners that are not the best of the book are out of priority', () => {
  const played = changeEvents((event) =>
    event.kind === 'ListingAllocated' ? { ...event, fills: event.fills.toReversed() } : event,
  )
  expect(classesOf(played)).toContain('out-of-priority')
})

test('a better bid that is outbid before a worse one is out of priority', () => {
  const played = changeEvents((event) =>
    event.kind === 'BidOutbid'
      ? { ...event, bidId: (event.bidId + 1) as typeof event.bidId }
      : event,
  )
  expect(classesOf(played)).toContain('out-of-priority')
})

test('a gap, a changed body and a journal that says another thing break the chain', () => {
  const gap = broken(({ entries }) => ({
    entries: entries.filter(({ sequence }) => sequence !== 2),
  }))
  expect(classesOf(gap)).toContain('chain')
  const changed = broken(({ entries }) => ({
    entries: entries.map((entry) => ({ ...entry, commandsBody: Buffer.from('other') })),
  }))
  expect(classesOf(changed)).toEqual(['chain'])
  expect(classesOf(journalWith((events) => events.toSpliced(3, 1)))).toContain('chain')
})

test('a batch that was carried out a second time is doubled', () => {
  const again = broken(({ entries }) => ({
    entries: entries.map((entry, index) => (index === 4 ? { ...entry, batch: 4 } : entry)),
  }))
  expect(classesOf(again)).toContain('doubled')
})

test('a digest that a fresh engine does not come to is told by the replay', () => {
  const played = broken(({ entries }) => ({
    entries: entries.map((entry) => ({ ...entry, digest: '0123456789abcdef' })),
  }))
  expect(classesOf(played)).toContain('replay')
})

test('a cursor that stands before the end of the journal is stuck', () => {
  const played = broken(({ settlement_cursor }) => ({
    settlement_cursor: settlement_cursor.map((row) => ({ ...row, sequence: row.sequence - 1 })),
  }))
  expect(classesOf(played)).toEqual(['stuck'])
})

test('a loan without its one schedule, or with one that pays back another sum, is told', () => {
  const none = broken(() => ({ schedule: [] }))
  expect(classesOf(none)).toEqual(['schedule'])
  const short = broken(({ instalment }) => ({
    instalment: instalment.map((row) => ({ ...row, principal_minor: row.principal_minor - 1 })),
  }))
  expect(classesOf(short)).toEqual(['schedule'])
})

test('a caller who sees other cash than the ledger, or an ended bid as open, has a stale view', async () => {
  const { evidence } = playTinyMarket()
  const seen = async (availableMinor: number, openBid: number | null, steppedBack = 0) => {
    const openBids = new Map(openBid === null ? [] : [[openBid, {} as BidRow]])
    const cash = { availableMinor, heldMinor: 0 } as CashRow
    const findings = new Findings()
    const viewers = [{ accountId: 11, follower: { cash, openBids, steppedBack } }]
    await checkViews({ ...evidence, bid: [] }, viewers, findings, 0)
    return findings.found.map((violation) => violation.class)
  }
  const available = evidence.ledger_account.find((row) => row.code === 2001 && row.owner === 11)
  const owned = (available?.credits_minor ?? 0) - (available?.debits_minor ?? 0)
  expect(await seen(owned, null)).toEqual([])
  expect(await seen(owned + 1, null)).toEqual(['stale-view'])
  expect(await seen(owned, 1)).toEqual(['stale-view'])
  expect(await seen(owned, null, 1)).toEqual(['stale-view'])
})

function kindOf(event: Event): string {
  return event.kind
}

function twice(entry: RecordedEntry): RecordedEntry {
  const { commands, answered } = entry
  return { ...entry, commands: [...commands, ...commands], answered: [...answered, ...answered] }
}

function changeEvents(change: (event: Event) => Event): Played {
  return broken(({ entries }) => ({
    entries: entries.map((entry) => ({
      ...entry,
      timed: entry.timed.map(change),
      answered: entry.answered.map((events) => events.map(change)),
    })),
  }))
}

function journalWith(change: (events: JournalEnd['events']) => JournalEnd['events']): Played {
  const played = playTinyMarket()
  return { ...played, journal: { ...played.journal, events: change(played.journal.events) } }
}
