/** One key for one intent. Pressing twice, or sending again after silence, is the same bid; changing
 *  the ticket, or having had an answer, makes the next press a new one. */

/** What was sent and has no answer yet. */
export interface OpenIntent {
  readonly form: string
  readonly key: string
}

/** Where an intent outlives its page: with the draft that it was made of. */
export interface IntentPlace {
  readonly read: () => OpenIntent | null
  readonly write: (open: OpenIntent | null) => void
}

export class Intent {
  readonly #makeKey: () => string
  readonly #place: IntentPlace | null
  #open: OpenIntent | null

  constructor(makeKey: () => string, place: IntentPlace | null = null) {
    this.#makeKey = makeKey
    this.#place = place
    this.#open = place?.read() ?? null
  }

  /** What was sent last and has no answer, as it was written; null: nothing. */
  get openForm(): string | null {
    return this.#open?.form ?? null
  }

  /** The key for what is asked now. */
  keyFor(form: object): string {
    const text = JSON.stringify(form)
    if (this.#open?.form !== text) this.#open = { form: text, key: this.#makeKey() }
    this.#place?.write(this.#open)
    return this.#open.key
  }

  /** The answer is known, whatever it was. */
  answered(): void {
    this.#open = null
    this.#place?.write(null)
  }
}
