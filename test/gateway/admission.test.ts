import { expect, test } from 'vitest'
import { Admission } from '../../gateway/admit/admission.ts'
import { Admitted } from '../../gateway/admit/admitted.ts'
import { batchReply, commandReply } from '../../gateway/admit/reply.ts'
import { KeyMaker } from '../../gateway/client/index.ts'
import {
  accountId,
  ACK_WAIT_MS_MAX,
  atMs,
  COMMANDS_PER_ENTRY_MAX,
  COMMANDS_QUEUED_MAX,
  COMMANDS_UNANSWERED_MAX,
  ENGINE_SILENT_MS_MAX,
  ENTRIES_UNANSWERED_MAX,
  JOURNAL_WAIT_MS_MAX,
  listingId,
  minor,
  PLAIN_BID,
  ratePpm,
  sequence,
} from '../../schema/index.ts'
import type { AckStage, Command, EntryId, Event, EventEntry, Reject } from '../../schema/index.ts'

test('what arrives while one entry is written goes together into the next', async () => {
  const journal = new HeldJournal()
  const { admission } = journal
  admission.admit(journal.request(1))
  await turn()
  admission.admit(journal.request(1))
  admission.admit(journal.request(3))
  expect(journal.written).toEqual([1])
  journal.finish()
  await turn()
  expect(journal.written).toEqual([1, 4])
  expect(admission.queued).toBe(0)
})

test('each caller hears its own answers, in the order it asked', async () => {
  const journal = new HeldJournal()
  const [one, batch] = [journal.request(1), journal.request(2, { isBatch: true })]
  journal.admission.admit(one)
  journal.admission.admit(batch)
  await turn()
  journal.answer(1, [[placed(7)], [refused('insufficient-funds')], [placed(8)]])
  expect(commandReply(one)).toMatchObject({ stage: 'durable', sequence: 1, answer: { bidId: 7 } })
  expect(batchReply(batch).answers).toEqual([
    { code: 'insufficient-funds' },
    { bidId: 8, acceptedMinor: 100 },
  ])
  expect(journal.admission.open).toBe(0)
  expect(journal.admission.entriesUnderWay).toBe(0)
})

test('a batch too large for one entry is answered once, when its last part is', async () => {
  const journal = new HeldJournal()
  const batch = journal.request(COMMANDS_PER_ENTRY_MAX + 2, { isBatch: true })
  journal.admission.admit(batch)
  await turn()
  expect(journal.written).toEqual([COMMANDS_PER_ENTRY_MAX])
  journal.finish()
  await turn()
  expect(journal.written).toEqual([COMMANDS_PER_ENTRY_MAX, 2])
  journal.answer(
    1,
    Array.from({ length: COMMANDS_PER_ENTRY_MAX }, (_, n) => [placed(n + 1)]),
  )
  expect(journal.heard).toEqual([])
  journal.answer(2, [[placed(9_001)], [placed(9_002)]])
  expect(journal.heard).toEqual([batch])
  expect(batchReply(batch)).toMatchObject({ sequence: 2 })
  expect(batchReply(batch).answers).toHaveLength(COMMANDS_PER_ENTRY_MAX + 2)
})

test('who waits for recorded hears when the record has come that far, not before', async () => {
  const journal = new HeldJournal()
  const request = journal.request(1, { ack: 'recorded' })
  journal.admission.admit(request)
  await turn()
  journal.answer(1, [[placed(1)]])
  expect(journal.heard).toEqual([])
  journal.admission.onWatermark('recorded', sequence(1))
  expect(journal.heard).toEqual([request])
  expect(request.stage).toBe('recorded')
})

test('the record telling of one entry does not answer who waits for the next', async () => {
  const journal = new HeldJournal()
  const [first, second] = [1, 1].map((count) => journal.request(count, { ack: 'recorded' }))
  for (const request of [first, second]) {
    if (request !== undefined) journal.admission.admit(request)
    await turn()
    journal.finish()
    await turn()
  }
  journal.answer(1, [[placed(1)]])
  journal.answer(2, [[placed(2)]])
  journal.admission.onWatermark('recorded', sequence(1))
  expect(journal.heard).toEqual([first])
  journal.admission.onWatermark('recorded', sequence(2))
  expect(journal.heard).toEqual([first, second])
})

test('who waits too long for settled hears the stage that was reached', async () => {
  const journal = new HeldJournal()
  const request = journal.request(1, { ack: 'settled' })
  journal.admission.admit(request)
  await turn()
  journal.answer(1, [[placed(1)]])
  journal.admission.onWatermark('recorded', sequence(1))
  journal.nowMs = ACK_WAIT_MS_MAX
  journal.admission.sweep()
  expect(request.stage).toBe('recorded')
  expect(journal.admission.open).toBe(0)
})

test('when the journal is silent the caller hears it, and the late answer harms nobody', async () => {
  const journal = new HeldJournal()
  journal.admission.admit(journal.request(1))
  await turn()
  journal.nowMs = JOURNAL_WAIT_MS_MAX
  journal.admission.sweep()
  expect(journal.failed.map((why) => why.code)).toEqual(['journal-unavailable'])
  expect(journal.failed[0]?.class).toBe('retry-same-key')
  journal.answer(1, [[placed(1)]])
  expect(journal.heard).toEqual([])
  expect(journal.admission.open).toBe(0)
  expect(journal.admission.entriesUnderWay).toBe(0)
})

test('beyond the queue’s limit callers hear busy, and nothing of theirs is queued', async () => {
  const journal = new HeldJournal()
  journal.admission.admit(journal.request(1))
  await turn()
  journal.admission.admit(journal.request(COMMANDS_QUEUED_MAX))
  expect(journal.admission.admit(journal.request(1))?.code).toBe('busy')
  expect(journal.admission.queued).toBe(COMMANDS_QUEUED_MAX)
})

test('the queue takes exactly what it may hold', async () => {
  const journal = new HeldJournal()
  journal.admission.admit(journal.request(1))
  await turn()
  journal.admission.admit(journal.request(COMMANDS_QUEUED_MAX - 2))
  expect(journal.admission.admit(journal.request(3))).toMatchObject({
    code: 'busy',
    retryAfterMs: 100,
  })
  expect(journal.admission.admit(journal.request(2))).toBeNull()
  expect(journal.admission.queued).toBe(COMMANDS_QUEUED_MAX)
})

test('no more is taken in than may be unanswered, told or not, and answers make room', async () => {
  const journal = new HeldJournal()
  const { admission } = journal
  while (admission.unanswered < COMMANDS_UNANSWERED_MAX) {
    expect(admission.admit(journal.request(1_000))).toBeNull()
    await turn()
    journal.finish()
    await turn()
  }
  expect(admission.queued).toBe(0)
  expect(admission.admit(journal.request(1))).toMatchObject({ code: 'busy', retryAfterMs: 100 })
  journal.nowMs = JOURNAL_WAIT_MS_MAX
  admission.sweep()
  expect(admission.open).toBe(0)
  expect(admission.unanswered).toBe(COMMANDS_UNANSWERED_MAX)
  expect(admission.admit(journal.request(1))?.code).toBe('busy')
  journal.answer(
    1,
    Array.from({ length: 1_000 }, (_, n) => [placed(n + 1)]),
  )
  expect(admission.unanswered).toBe(COMMANDS_UNANSWERED_MAX - 1_000)
  expect(admission.admit(journal.request(1_001))?.code).toBe('busy')
  expect(admission.admit(journal.request(1_000))).toBeNull()
})

test('when no engine says a word, callers soon hear busy, until one does', async () => {
  const journal = new HeldJournal()
  const { admission } = journal
  journal.nowMs = 60_000
  expect(admission.admit(journal.request(1))).toBeNull()
  await turn()
  journal.nowMs += ENGINE_SILENT_MS_MAX
  expect(admission.admit(journal.request(1))).toBeNull()
  journal.nowMs++
  expect(admission.admit(journal.request(1))).toMatchObject({ code: 'busy', retryAfterMs: 1_000 })
  admission.onEntry({ ...journal.entry(9, []), source: 'another' })
  expect(admission.admit(journal.request(1))).toBeNull()
})

test('in a quiet market silence means nothing', async () => {
  const journal = new HeldJournal()
  const { admission } = journal
  admission.admit(journal.request(1))
  await turn()
  journal.finish()
  await turn()
  journal.answer(1, [[placed(1)]])
  journal.nowMs = 3_600_000
  expect(admission.admit(journal.request(1))).toBeNull()
  await turn()
  expect(admission.admit(journal.request(1))).toBeNull()
})

test('what others left unanswered in the journal counts, also for a gateway that has just begun', () => {
  const journal = new HeldJournal()
  const { admission } = journal
  journal.nowMs = 60_000
  admission.onAhead(ENTRIES_UNANSWERED_MAX)
  expect(admission.admit(journal.request(1))).toBeNull()
  admission.onAhead(ENTRIES_UNANSWERED_MAX + 1)
  expect(admission.admit(journal.request(1))).toMatchObject({ code: 'busy', retryAfterMs: 1_000 })
  admission.onAhead(1)
  expect(admission.admit(journal.request(1))).toBeNull()
  journal.nowMs += ENGINE_SILENT_MS_MAX + 1
  admission.onAhead(1)
  expect(admission.admit(journal.request(1))?.code).toBe('busy')
  admission.onAhead(0)
  expect(admission.admit(journal.request(1))).toBeNull()
})

test('what was told and never written is dropped, and what is half written is not', async () => {
  const journal = new HeldJournal()
  const { admission } = journal
  admission.admit(journal.request(COMMANDS_PER_ENTRY_MAX + 1, { isBatch: true }))
  await turn()
  for (let count = 0; count < 3; count++) admission.admit(journal.request(2))
  journal.nowMs = 1
  admission.admit(journal.request(5))
  expect(admission.queued).toBe(12)
  journal.nowMs = JOURNAL_WAIT_MS_MAX
  admission.sweep()
  expect(journal.failed).toHaveLength(4)
  expect(admission.queued).toBe(6)
  journal.finish()
  await turn()
  expect(journal.written).toEqual([COMMANDS_PER_ENTRY_MAX, 6])
  expect(admission.queued).toBe(0)
})

test('an entry that was given up unwritten answers nobody, and makes room', async () => {
  const journal = new HeldJournal()
  journal.admission.admit(journal.request(3))
  await turn()
  journal.answer(1, [])
  expect(journal.heard).toEqual([])
  expect(journal.failed.map((why) => why.code)).toEqual(['journal-unavailable'])
  expect(journal.admission.unanswered).toBe(0)
  expect(journal.admission.open).toBe(0)
})

test('whoever was told is not told again', async () => {
  const journal = new HeldJournal()
  journal.admission.admit(journal.request(1, { ack: 'recorded' }))
  await turn()
  journal.nowMs = JOURNAL_WAIT_MS_MAX
  journal.admission.sweep()
  journal.answer(1, [[placed(1)]])
  journal.admission.onWatermark('recorded', sequence(1))
  journal.admission.sweep()
  expect([journal.heard.length, journal.failed.length]).toEqual([0, 1])
  expect(journal.admission.open).toBe(0)
})

test('nobody hears too early that the journal is silent, or that a stage is late', async () => {
  const journal = new HeldJournal()
  journal.admission.admit(journal.request(1, { ack: 'settled' }))
  await turn()
  journal.nowMs = JOURNAL_WAIT_MS_MAX - 1
  journal.admission.sweep()
  expect(journal.failed).toEqual([])
  journal.answer(1, [[placed(1)]])
  journal.nowMs = ACK_WAIT_MS_MAX - 1
  journal.admission.sweep()
  expect(journal.heard).toEqual([])
  journal.nowMs = ACK_WAIT_MS_MAX
  journal.admission.sweep()
  expect(journal.heard).toHaveLength(1)
})

test('who waits for the journal is not answered as whole, however long the record takes', async () => {
  const journal = new HeldJournal()
  journal.admission.admit(journal.request(1, { ack: 'settled' }))
  await turn()
  journal.answer(1, [[placed(1)]])
  journal.nowMs = JOURNAL_WAIT_MS_MAX
  journal.admission.sweep()
  expect(journal.failed).toEqual([])
  expect(journal.admission.open).toBe(1)
})

test('a watermark that comes late or twice changes nothing, and settled answers all', async () => {
  const journal = new HeldJournal()
  journal.admission.onWatermark('recorded', sequence(5))
  journal.admission.onWatermark('recorded', sequence(1))
  const recorded = journal.request(1, { ack: 'recorded' })
  journal.admission.admit(recorded)
  await turn()
  journal.answer(1, [[placed(1)]])
  expect(recorded.stage).toBe('recorded')
  expect(journal.heard).toEqual([recorded])
})

test('who asked for recorded is told settled when the ledger is there already', async () => {
  const journal = new HeldJournal()
  journal.admission.onWatermark('settled', sequence(1))
  const request = journal.request(1, { ack: 'durable' })
  journal.admission.admit(request)
  await turn()
  journal.answer(1, [[placed(1)]])
  expect(request.stage).toBe('settled')
})

test('entries of another gateway, and our own said twice, answer nobody here', async () => {
  const journal = new HeldJournal()
  const request = journal.request(1)
  journal.admission.admit(request)
  await turn()
  journal.admission.onEntry({ ...journal.entry(1, [[placed(1)]]), source: 'another' })
  expect(journal.heard).toEqual([])
  journal.answer(1, [[placed(1)]])
  journal.admission.onEntry({ ...journal.entry(1, []), isDuplicate: true })
  expect(journal.heard).toEqual([request])
  expect(journal.failed).toEqual([])
})

test('what waits is told whoever wrote it, and goes on with every answer', () => {
  const journal = new HeldJournal()
  const { admission } = journal
  expect(admission.standing()).toEqual({ isWaiting: false, reached: 0 })
  admission.onAhead(1)
  expect(admission.standing()).toEqual({ isWaiting: true, reached: 0 })
  admission.onEntry({ ...journal.entry(1, [[placed(1)]]), source: 'another' })
  expect(admission.standing()).toEqual({ isWaiting: true, reached: 1 })
  admission.onAhead(0)
  expect(admission.standing()).toEqual({ isWaiting: false, reached: 1 })
})

test('entries that were missed are given up: their callers are to send the same key again', async () => {
  const journal = new HeldJournal()
  journal.admission.admit(journal.request(1))
  await turn()
  journal.finish()
  await turn()
  journal.admission.abandonUntil('1-1')
  expect(journal.failed.map((why) => why.code)).toEqual(['journal-unavailable'])
  expect(journal.admission.entriesUnderWay).toBe(0)
})

test('of entries that were missed only those are given up that are never read', async () => {
  const journal = new HeldJournal()
  for (let entries = 0; entries < 2; entries++) {
    journal.admission.admit(journal.request(1))
    await turn()
    journal.finish()
    await turn()
  }
  journal.admission.abandonUntil('1-1')
  expect(journal.failed).toHaveLength(1)
  expect(journal.admission.unanswered).toBe(1)
  journal.answer(2, [[placed(2)]])
  expect(journal.heard).toHaveLength(1)
  expect(journal.admission.unanswered).toBe(0)
})

test('an entry in flight while others are given up keeps its answer', async () => {
  const journal = new HeldJournal()
  const request = journal.request(1)
  journal.admission.admit(request)
  await turn()
  journal.admission.abandonUntil('0-9')
  expect(journal.failed).toEqual([])
  journal.answer(1, [[placed(1)]])
  expect(journal.heard).toEqual([request])
})

test('an entry in flight that proves to lie where nobody reads is given up then', async () => {
  const journal = new HeldJournal()
  journal.admission.admit(journal.request(1))
  await turn()
  journal.admission.abandonUntil('1-1')
  expect(journal.failed).toEqual([])
  journal.finish()
  await turn()
  expect(journal.failed.map((why) => why.code)).toEqual(['journal-unavailable'])
  expect(journal.admission.unanswered).toBe(0)
})

test('an entry whose first saying was missed is given up when it is said again', async () => {
  const journal = new HeldJournal()
  journal.admission.admit(journal.request(1))
  await turn()
  journal.admission.onEntry({ ...journal.entry(1, []), isDuplicate: true })
  expect(journal.failed.map((why) => why.code)).toEqual(['journal-unavailable'])
  expect(journal.admission.unanswered).toBe(0)
})

test('a repeated answer is the first one again', async () => {
  const journal = new HeldJournal()
  const request = journal.request(1)
  journal.admission.admit(request)
  await turn()
  const { key, accountId: who } = request.commands[0] as Command
  const first = sequence(3)
  journal.answer(1, [
    [{ kind: 'Repeated', accountId: who, key, sequence: first, answer: placed(5) }],
  ])
  expect(commandReply(request)).toMatchObject({
    isRepeated: true,
    sequence: 3,
    atMs: null,
    answer: { bidId: 5 },
  })
})

test('a batch tells a repeated answer as a single command does', async () => {
  const journal = new HeldJournal()
  const request = journal.request(3)
  journal.admission.admit(request)
  await turn()
  const { key, accountId: who } = request.commands[0] as Command
  const repeat = { kind: 'Repeated', accountId: who, key, sequence: sequence(3) } as const
  const refused = { kind: 'Refused', accountId: who, key, code: 'listing-closed' } as const
  journal.answer(1, [
    [{ ...repeat, answer: placed(5) }],
    [placed(6)],
    [{ ...repeat, answer: refused }],
  ])
  const { answers } = batchReply(request)
  expect(answers[0]).toMatchObject({ bidId: 5, isRepeated: true, sequence: 3 })
  expect(answers[1]).not.toHaveProperty('isRepeated')
  expect(answers[2]).toEqual({ code: 'listing-closed', isRepeated: true, sequence: 3 })
})

/** A journal whose one write is held until the test lets it finish. */
class HeldJournal {
  readonly admission: Admission
  readonly written: number[] = []
  readonly heard: Admitted[] = []
  readonly failed: Reject[] = []
  nowMs = 0
  #batch = 0
  #sequence = 0
  #finish: () => void = () => undefined
  readonly #keys = new KeyMaker(() => 1_700_000_000_000)

  constructor() {
    const nextBatch = (): number => this.#batch + 1
    this.admission = new Admission({
      writer: {
        source: 'ours',
        get nextBatch() {
          return nextBatch()
        },
        append: (commands) => {
          this.#batch++
          this.written.push(commands.length)
          const id: EntryId = `1-${this.#batch}`
          return new Promise((resolve) => {
            this.#finish = () => resolve({ id })
          })
        },
      },
      now: () => this.nowMs,
      onFault: (error) => {
        throw error
      },
    })
  }

  request(count: number, more: { isBatch?: boolean; ack?: AckStage } = {}): Admitted {
    const commands = Array.from({ length: count }, () => this.#bid())
    const asker = {
      onAnswered: (request: Admitted) => this.heard.push(request),
      onFailed: (_: Admitted, why: Reject) => this.failed.push(why),
    }
    const { isBatch = false, ack = 'durable' } = more
    const op = isBatch ? 'bid.batch' : 'bid.place'
    return new Admitted(asker, 1, isBatch, ack, commands, this.nowMs, op, accountId(1))
  }

  finish(): void {
    this.#finish()
  }

  answer(batch: number, answered: Event[][]): void {
    this.admission.onEntry(this.entry(batch, answered))
  }

  entry(batch: number, answered: Event[][]): EventEntry {
    return {
      id: `1-${++this.#sequence}`,
      atMs: atMs(1),
      source: 'ours',
      batch,
      sequence: sequence(this.#sequence),
      previousId: '0-0',
      digest: '',
      isDuplicate: false,
      timed: [],
      answered,
    }
  }

  #bid(): Command {
    return {
      kind: 'PlaceBid',
      key: this.#keys.next(),
      accountId: accountId(1),
      deadlineMs: 0,
      listingId: listingId(1),
      amountMinor: minor(100),
      ratePpm: ratePpm(0),
      ...PLAIN_BID,
    }
  }
}

function placed(bidId: number): Extract<Event, { kind: 'BidPlaced' }> {
  return {
    kind: 'BidPlaced',
    bidId: bidId as never,
    listingId: listingId(1),
    accountId: accountId(1),
    amountMinor: minor(100),
    acceptedMinor: minor(100),
    ratePpm: ratePpm(0),
    key: null,
    minFillMinor: 0,
    rank: 'by-rate',
  }
}

function refused(code: 'insufficient-funds'): Event {
  return { kind: 'Refused', accountId: accountId(1), key: '' as never, code }
}

/** Lets everything that is due now happen. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
}
