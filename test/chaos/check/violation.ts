/** What can be wrong. The first four are the classes of Jepsen's bank test (jepsen/tests/bank.clj); the
 *  others are what a lending market adds. */
export const VIOLATION_CLASSES = [
  'wrong-total',
  'negative',
  'nil',
  'unexpected-key',
  /** An acknowledged answer that nothing in the records knows of. */
  'lost',
  /** One key, or one batch of a writer, that had effect twice. */
  'doubled',
  /** The records say another answer than the caller heard. */
  'wrong-answer',
  'over-filled',
  'out-of-priority',
  /** Cash of an account that its deposits, bids and loans do not explain. */
  'wrong-cash',
  'ledger',
  /** A listing or a bid that people read otherwise than its events tell it. */
  'wrong-row',
  /** A gap, a second saying, or a broken hash in the chain of entries. */
  'chain',
  /** A fresh engine over the same journal comes to something else. */
  'replay',
  'schedule',
  /** A caller's own channels show something else than the ledger. */
  'stale-view',
  /** The records never came to where the journal ends. */
  'stuck',
] as const
export type ViolationClass = (typeof VIOLATION_CLASSES)[number]

export interface Violation {
  readonly class: ViolationClass
  readonly what: string
}

/** Gathers violations of one class: the first few in words, all of them counted. */
export class Findings {
  readonly #found: Violation[] = []

  add(kind: ViolationClass, what: string): void {
    this.#found.push({ class: kind, what })
  }

  /** Notes `what` unless `fact` holds. */
  expect(fact: boolean, kind: ViolationClass, what: () => string): void {
    if (!fact) this.add(kind, what())
  }

  get found(): readonly Violation[] {
    return this.#found
  }
}
