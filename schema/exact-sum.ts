/** A sum of money that stays exact however large it grows: a turnover, or a total over many rows. Counted in
 *  a number for as long as that is exact, which is nearly always, and carried over before it is not. */
import { assert } from './unit.ts'

export class ExactSum {
  #minor = 0
  #carried = 0n

  add(amountMinor: number): void {
    assert(Number.isSafeInteger(amountMinor) && amountMinor >= 0, `${amountMinor} can be summed`)
    if (amountMinor > Number.MAX_SAFE_INTEGER - this.#minor) {
      this.#carried += BigInt(this.#minor)
      this.#minor = 0
    }
    this.#minor += amountMinor
  }

  get minor(): bigint {
    return this.#carried + BigInt(this.#minor)
  }
}
