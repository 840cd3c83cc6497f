/** Listings and bids that one entry may still end, give back or displace.
 *
 *  The first that is asked for fits whatever its size, so whatever waits gets its turn. */
export class RowBudget {
  readonly #max: number
  #spent = 0

  constructor(max: number) {
    this.#max = max
  }

  fits(rows: number): boolean {
    return this.#spent === 0 || this.#spent + rows <= this.#max
  }

  spend(rows: number): void {
    this.#spent += rows
  }

  /** Spends the rows if they fit; false when they do not. */
  take(rows: number): boolean {
    if (!this.fits(rows)) return false
    this.spend(rows)
    return true
  }
}
