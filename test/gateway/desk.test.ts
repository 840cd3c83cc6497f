/** What is refused at the desk, what it costs, and what it does not. */
import { expect, test } from 'vitest'
import { Admission } from '../../gateway/admit/admission.ts'
import { Desk } from '../../gateway/admit/desk.ts'
import type { Caller } from '../../gateway/admit/desk.ts'
import { RateLimits } from '../../gateway/admit/rate-limits.ts'
import { KeyMaker } from '../../gateway/client/index.ts'
import { accountId, BUCKET_NAMES, SCHEMA_VERSION } from '../../schema/index.ts'
import type { BucketName, CommandOperation } from '../../schema/index.ts'

const BURST = 10
const INVESTOR: Caller = { accountId: accountId(7), roles: ['investor'] }

test('whoever is not signed in, or may not, is refused and pays nothing', () => {
  const counter = new Counter()
  expect(counter.ask('bid.place', counter.bid(), null)).toBe('not-logged-on')
  expect(counter.ask('cash.deposit', {})).toBe('permission-missing')
  expect(counter.left('commands')).toBe(BURST)
})

test('a gateway that is going takes nothing, and takes no payment', () => {
  const counter = new Counter()
  counter.desk.isDraining = true
  expect(counter.ask('bid.place', counter.bid())).toBe('draining')
  expect(counter.left('bids')).toBe(BURST)
})

test('what is malformed costs one, and who has no more hears that first', () => {
  const counter = new Counter()
  for (let count = 1; count <= BURST; count++)
    expect(counter.ask('bid.place', {})).toBe('field-invalid')
  expect(counter.left('bids')).toBe(0)
  expect(counter.ask('bid.place', {})).toBe('rate-limited')
})

test('during a rollout what is new costs one, and who has no more hears that first', () => {
  const counter = new Counter(1)
  expect(counter.ask('bid.place', counter.bid())).toBe('taken')
  for (let count = 1; count < BURST; count++)
    expect(counter.ask('bid.amend', counter.amendment())).toBe('rollout-under-way')
  expect(counter.left('bids')).toBe(0)
  expect(counter.ask('bid.amend', counter.amendment())).toBe('rate-limited')
})

test('a batch pays for each command from the bucket of its kind', () => {
  const counter = new Counter()
  const items = [counter.bid(), counter.cancel(), counter.cancel(), counter.bid(), counter.bid()]
  expect(counter.ask('bid.batch', { items })).toBe('taken')
  expect([counter.left('bids'), counter.left('cancels')]).toEqual([BURST - 3, BURST - 2])
})

test('a batch that cannot pay for all gets back what it paid', () => {
  const counter = new Counter()
  const cancels = Array.from({ length: BURST }, () => counter.cancel())
  expect(counter.ask('bid.batch', { items: cancels })).toBe('taken')
  const items = [counter.bid(), counter.bid(), counter.bid(), counter.cancel()]
  expect(counter.ask('bid.batch', { items })).toBe('rate-limited')
  expect([counter.left('bids'), counter.left('cancels')]).toEqual([BURST, 0])
  expect(counter.admission.queued).toBe(BURST)
})

/** A desk whose commands wait: nothing is written before the test is over. */
class Counter {
  readonly admission: Admission
  readonly desk: Desk
  readonly #limits: RateLimits
  readonly #keys = new KeyMaker(() => 1_700_000_000_000)

  constructor(schemaWritten: number = SCHEMA_VERSION) {
    const size = { perSecond: 1, burst: BURST }
    const sizes = Object.fromEntries(BUCKET_NAMES.map((name) => [name, size]))
    this.#limits = new RateLimits(sizes as Record<BucketName, typeof size>, () => 0)
    this.admission = new Admission({
      writer: { source: 'ours', nextBatch: 1, append: () => new Promise(() => undefined) },
      now: () => 0,
      onFault: (error) => {
        throw error
      },
    })
    this.desk = new Desk(this.admission, this.#limits, () => 0, schemaWritten)
  }

  ask(op: CommandOperation, params: unknown, caller: Caller | null = INVESTOR): string {
    const asker = { onAnswered: () => undefined, onFailed: () => undefined }
    const refusal = this.desk.submit({ op, params, ack: 'durable', caller, asker, id: 1 })
    return refusal?.code ?? 'taken'
  }

  left(bucket: BucketName): number {
    return this.#limits.bucket(bucket, INVESTOR.accountId).state(0).left
  }

  bid() {
    return { ...this.#by(), listingId: 1, amountMinor: 2_500, ratePpm: 1 }
  }

  amendment() {
    return { ...this.#by(), bidId: 1, amountMinor: 2_500, ratePpm: 1 }
  }

  cancel() {
    return { ...this.#by(), bidId: 1 }
  }

  #by() {
    return { key: this.#keys.next() }
  }
}
