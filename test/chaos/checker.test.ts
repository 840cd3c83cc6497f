/** Each class of violation is found where it is, and nowhere else: one thing broken at a time. */
import { expect, test } from 'vitest'
import { RequestRefused } from '../../gateway/client/index.ts'
import { listingId, minor, ratePpm, reject } from '../../schema/index.ts'
import type { BidRow, CashRow, Command, Event, EventOf, ListingRow } from '../../schema/index.ts'
import { checkAnswers } from './check/answers.ts'
import { checkBooks } from './check/books.ts'
import { checkChain } from './check/chain.ts'
import { checkMoney } from './check/money.ts'
import { checkReplay } from './check/replay.ts'
import { checkRows } from './check/rows.ts'
import { checkSchedules } from './check/schedules.ts'
import { checkOnlooker, checkViews } from './check/views.ts'
import { Findings } from './check/violation.ts'
import type { ViolationClass } from './check/violation.ts'
import { promised } from './attempt.ts'
import { eventsOf } from './evidence.ts'
import type { Evidence, RecordedEntry, Rows } from './evidence.ts'
import type { JournalEnd } from './journal-end.ts'
import { whenSettled } from './checker.ts'
import { playTinyMarket } from './tiny-market.ts'
import type { Played } from './tiny-market.ts'

function classesOf({ evidence, journal, ledger }: Played): ViolationClass[] {
  const findings = new Findings()
  checkAnswers(evidence, ledger, findings)
  checkMoney(evidence, ledger, findings)
  checkBooks(evidence, findings)
  checkRows(evidence, findings)
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

test('an outcome that is not settled yet is asked for again, any other refusal is told at once', async () => {
  const pending = reject('outcome-pending', { retryAfterMs: 700 })
  const answering = (answers: ReturnType<typeof reject>[]) => async () => {
    const refusal = answers.shift()
    if (refusal !== undefined) throw new RequestRefused(refusal)
    return 'settled'
  }
  const waits: number[] = []
  const wait = async (ms: number) => waits.push(ms)
  expect(await whenSettled(answering([pending, pending]), wait)).toBe('settled')
  expect(waits).toEqual([700, 700])
  const unknown = answering([pending, reject('outcome-unknown')])
  await expect(whenSettled(unknown, wait)).rejects.toThrow('outcome-unknown')
  const stuck = answering(Array.from({ length: 99 }, () => pending))
  await expect(whenSettled(stuck, wait)).rejects.toThrow('outcome-pending')
})

test('the tiny market plays what the checks are about', () => {
  const { evidence } = playTinyMarket()
  const kinds = new Set([...eventsOf(evidence)].map(({ kind }) => kind))
  for (const kind of [
    'BidOutbid',
    'BidCancelled',
    'LoanDisbursed',
    'ListingExpired',
    'BidAmended',
    'ListingWithdrawn',
    'BidsReleased',
  ] as const)
    expect(kinds).toContain(kind)
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
  expect(classesOf(played)).toEqual(['over-filled', 'wrong-row'])
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

test('an acknowledged amendment or withdrawal that nothing in the records knows of is lost', () => {
  for (const kind of ['amended', 'withdrawn'] as const) {
    const played = broken(({ outcome }, { ledger }) => {
      const keys = [...ledger.all()].filter((attempt) => promised(attempt)?.kind === kind)
      return { outcome: outcome.filter(({ key }) => key !== keys[0]?.key) }
    })
    expect(classesOf(played)).toEqual(['lost'])
  }
})

test('an amendment that is answered, recorded or done otherwise than it was is a wrong answer', () => {
  const heardTwice = broken((_, { ledger }) => {
    for (const attempt of ledger.all()) {
      const said = promised(attempt)
      if (said?.kind === 'amended') attempt.said.push({ ...said, heldMinor: said.heldMinor + 1 })
    }
    return {}
  })
  expect(classesOf(heardTwice)).toEqual(['wrong-answer'])
  const asked = changeCommands((command) =>
    command.kind === 'AmendBid'
      ? { ...command, amountMinor: minor(command.amountMinor + 1) }
      : command,
  )
  expect(classesOf(asked)).toContain('wrong-answer')
  const other = changeCommands((command) =>
    command.kind === 'WithdrawListing' ? { ...command, listingId: listingId(2) } : command,
  )
  expect(classesOf(other)).toContain('wrong-answer')
  const done = amendedWith((event) => ({ amountMinor: minor(event.amountMinor + 1) }))
  expect(classesOf(done)).toContain('wrong-answer')
})

test('a row that does not show the last amendment of its bid is a wrong row', () => {
  const changes: ((row: Rows['bid'][number]) => Partial<Rows['bid'][number]>)[] = [
    (row) => ({ amount_minor: row.amount_minor + 1 }),
    (row) => ({ accepted_minor: row.accepted_minor + 1 }),
    (row) => ({ rate_ppm: row.rate_ppm + 1 }),
    (row) => ({ place: row.bid_id }),
  ]
  for (const change of changes) expect(classesOf(bidWith(3, change))).toEqual(['wrong-row'])
  expect(classesOf(broken(({ bid }) => ({ bid: bid.slice(0, -1) })))).toContain('lost')
  const again = broken(({ bid }) => ({
    bid: [...bid, ...bid.slice(-1).map((row) => ({ ...row, bid_id: 100 }))],
  }))
  expect(classesOf(again)).toEqual(['wrong-row'])
})

test('an amendment that moves other cash than its bid has more or less is wrong cash', () => {
  const held = amendedWith((event) => ({ heldMinor: minor(event.heldMinor + 1) }))
  expect(classesOf(held)).toContain('wrong-cash')
  const both = amendedWith(({ heldMinor, releasedMinor }) => ({
    heldMinor: minor(heldMinor + 1),
    releasedMinor: minor(releasedMinor + 1),
  }))
  // In all it comes to the same, which only the books can tell from what it should have been.
  expect(classesOf(both)).toEqual(expect.arrayContaining(['wrong-cash', 'wrong-answer']))
})

test('a bid that is amended to more keeps no place, and one that is lowered keeps its own', () => {
  const isLowered = ({ bidId }: EventOf<'BidAmended'>) => bidId === 2
  const kept = amendedWith((event) => (isLowered(event) ? {} : { place: event.bidId }))
  expect(classesOf(kept)).toContain('out-of-priority')
  const lost = amendedWith((event) => (isLowered(event) ? { place: 1_000 } : {}))
  expect(classesOf(lost)).toContain('out-of-priority')
})

test('an amendment that takes in more than there is room for is over-filled, less unfair', () => {
  const by = (amount: number) =>
    amendedWith((event) => ({
      acceptedMinor: minor(event.acceptedMinor + amount),
      heldMinor: minor(Math.max(0, event.heldMinor + amount)),
    }))
  expect(classesOf(by(1))).toContain('over-filled')
  expect(classesOf(by(-1))).toContain('out-of-priority')
})

test('a withdrawn listing that keeps a bid, or takes one in, is told', () => {
  const unreleased = changeEvents((event) =>
    event.kind === 'BidsReleased' ? { ...event, released: event.released.slice(1) } : event,
  )
  expect(classesOf(unreleased)).toContain('wrong-cash')
  const silent = broken(({ entries }) => ({
    entries: entries.map((entry) => ({
      ...entry,
      answered: entry.answered.map((events) => events.filter((e) => e.kind !== 'BidsReleased')),
    })),
  }))
  expect(classesOf(silent)).toEqual(expect.arrayContaining(['wrong-cash', 'ledger', 'wrong-row']))
  const sums = changeEvents((event) =>
    event.kind === 'ListingWithdrawn' ? { ...event, bidCount: event.bidCount + 1 } : event,
  )
  expect(classesOf(sums)).toContain('wrong-cash')
  const late = broken(({ entries }) => ({
    entries: entries.map((entry) =>
      entry.sequence === 6 ? { ...entry, answered: entry.answered.toReversed() } : entry,
    ),
  }))
  expect(classesOf(late)).toContain('over-filled')
  expect(classesOf(bidWith(7, () => ({ accepted_minor: 1 })))).toEqual(['wrong-row'])
  const open = bidWith(7, () => ({ status: 'open', accepted_minor: 60_000 }))
  expect(classesOf(open)).toEqual(expect.arrayContaining(['wrong-cash', 'wrong-row']))
  const shown = broken(({ listing }) => ({
    listing: listing.map((row) => (row.listing_id === 3 ? { ...row, status: 'expired' } : row)),
  }))
  expect(classesOf(shown)).toEqual(['wrong-row'])
})

test('a listing that somebody else than its borrower withdraws is unexpected', () => {
  const played = changeEvents((event) =>
    event.kind === 'ListingOpened' && event.listingId === 3
      ? ({ ...event, borrowerId: event.borrowerId + 1 } as typeof event)
      : event,
  )
  expect(classesOf(played)).toContain('unexpected-key')
})

test('a caller who sees other cash than the ledger, or an ended bid as open, has a stale view', async () => {
  const { evidence } = playTinyMarket()
  const seen = async (availableMinor: number, openBid: number | null, steppedBack = 0) => {
    const openBids = new Map(openBid === null ? [] : [[openBid, {} as BidRow]])
    const cash = { availableMinor, heldMinor: 0 } as CashRow
    const findings = new Findings()
    const follower = { cash, openBids, endedBids: new Map<number, BidRow>(), steppedBack }
    const viewers = [{ accountId: 11, follower }]
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

test('a caller who sees other terms of a bid than the table has a stale view', async () => {
  const { evidence } = playTinyMarket()
  const row = evidence.bid.find(({ bid_id }) => bid_id === 3)
  const closed = evidence.listing.find(({ listing_id }) => listing_id === row?.listing_id)
  const earned = row?.status === 'won' ? closed?.clearing_rate_ppm : row?.rate_ppm
  const shown = {
    bidId: row?.bid_id,
    listingId: row?.listing_id,
    amountMinor: row?.amount_minor,
    acceptedMinor: row?.accepted_minor,
    ratePpm: row?.rate_ppm,
    earnedRatePpm: earned,
    status: row?.status,
  } as BidRow
  const seen = async (bid: BidRow) => {
    const findings = new Findings()
    const cash = { availableMinor: minor(0), heldMinor: minor(0) }
    const endedBids = new Map([[bid.bidId as number, bid]])
    const follower = { cash, openBids: new Map<number, BidRow>(), endedBids, steppedBack: 0 }
    await checkViews(evidence, [{ accountId: 99, follower }], findings, 0)
    return findings.found.map((violation) => violation.class)
  }
  expect(await seen(shown)).toEqual([])
  expect(await seen({ ...shown, amountMinor: minor(150_000) })).toEqual(['stale-view'])
  expect(await seen({ ...shown, acceptedMinor: minor(150_000) })).toEqual(['stale-view'])
  expect(await seen({ ...shown, earnedRatePpm: ratePpm(1) })).toEqual(['stale-view'])
  expect(await seen({ ...shown, status: 'withdrawn' })).toEqual(['stale-view'])
})

test('a market that shows a withdrawn listing as open, or with other bids, is a stale view', async () => {
  const { evidence } = playTinyMarket()
  const seen = async (change: Partial<ListingRow>) => {
    const findings = new Findings()
    const patches = evidence.listing.map(
      (row): Partial<ListingRow> & Pick<ListingRow, 'listingId'> => ({
        listingId: listingId(row.listing_id),
        status: row.status as ListingRow['status'],
        fundedMinor: minor(row.funded_minor),
        bidCount: row.bid_count,
        ...(row.status === 'withdrawn' ? change : {}),
      }),
    )
    const listings = new Map(patches.map((row) => [row.listingId as number, row]))
    await checkOnlooker(evidence, { listings }, findings, 0)
    return findings.found.map((violation) => violation.class)
  }
  expect(await seen({})).toEqual([])
  expect(await seen({ status: 'open' })).toEqual(['stale-view'])
  expect(await seen({ fundedMinor: minor(0) })).toEqual(['stale-view'])
  expect(await seen({ bidCount: 0 })).toEqual(['stale-view'])
})

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

function changeCommands(change: (command: Command) => Command): Played {
  return broken(({ entries }) => ({
    entries: entries.map((entry) => ({ ...entry, commands: entry.commands.map(change) })),
  }))
}

function amendedWith(change: (event: EventOf<'BidAmended'>) => Partial<EventOf<'BidAmended'>>) {
  return changeEvents((event) =>
    event.kind === 'BidAmended' ? { ...event, ...change(event) } : event,
  )
}

function bidWith(
  bidId: number,
  change: (row: Rows['bid'][number]) => Partial<Rows['bid'][number]>,
): Played {
  return broken(({ bid }) => ({
    bid: bid.map((row) => (row.bid_id === bidId ? { ...row, ...change(row) } : row)),
  }))
}

function journalWith(change: (events: JournalEnd['events']) => JournalEnd['events']): Played {
  const played = playTinyMarket()
  return { ...played, journal: { ...played.journal, events: change(played.journal.events) } }
}
