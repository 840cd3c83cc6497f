/** One key for one intent. Pressing twice, or sending again after silence, is the same bid; changing
 *  the ticket, or having had an answer, makes the next press a new one. */
export class Intent {
  readonly #makeKey: () => string
  #form = ''
  #key: string | null = null

  constructor(makeKey: () => string) {
    this.#makeKey = makeKey
  }

  /** The key for what is asked now. */
  keyFor(form: object): string {
    const text = JSON.stringify(form)
    if (this.#key === null || text !== this.#form) this.#key = this.#makeKey()
    this.#form = text
    return this.#key
  }

  /** The answer is known, whatever it was. */
  answered(): void {
    this.#key = null
  }
}
