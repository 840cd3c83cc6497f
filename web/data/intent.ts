/** One key for one intent. Pressing twice, or sending again after silence, is the same bid; changing
 *  the ticket makes the next press a new one, and so does having had an answer. What was changed and is changed back is
 *  the first one again, as long as it has no answer. */

/** What was sent and has no answer yet. */
export interface OpenIntent {
  readonly form: string
  readonly key: string
}

/** Where intents outlive their page: with the draft that they were made of. The one sent last comes last. */
export interface IntentPlace {
  readonly read: () => readonly OpenIntent[]
  readonly write: (open: readonly OpenIntent[]) => void
}

/** Forms without an answer that are remembered; nobody changes a form more often before looking what became of it. */
const OPEN_MAX = 8

export class Intent {
  readonly #makeKey: () => string
  readonly #place: IntentPlace | null
  #open: readonly OpenIntent[]

  constructor(makeKey: () => string, place: IntentPlace | null = null) {
    this.#makeKey = makeKey
    this.#place = place
    this.#open = place?.read() ?? []
  }

  /** What was sent last and has no answer, as it was written; null: nothing. */
  get openForm(): string | null {
    return this.#open.at(-1)?.form ?? null
  }

  /** Whether this was sent before and has no answer. */
  isOpen(form: object): boolean {
    const text = JSON.stringify(form)
    return this.#open.some((open) => open.form === text)
  }

  /** The key for what is asked now. */
  keyFor(form: object): string {
    const text = JSON.stringify(form)
    const known = this.#open.find((open) => open.form === text)
    const open = known ?? { form: text, key: this.#makeKey() }
    this.#write([...this.#open.filter((other) => other !== known), open].slice(-OPEN_MAX))
    return open.key
  }

  /** The answer to this is known, whatever it was. */
  answered(form: object): void {
    const text = JSON.stringify(form)
    this.#write(this.#open.filter((open) => open.form !== text))
  }

  #write(open: readonly OpenIntent[]): void {
    this.#open = open
    this.#place?.write(open)
  }
}
