/** Reads what a person typed: an amount in major units, a rate in percent. Never through a float. */

/** Digits with an optional point, after signs of currency, grouping and spaces are taken away. */
const NUMBER = /^(\d{1,13})(?:[.。](\d*))?$/

/** Whole units of `10^-digits`; null when it is not a number or is finer than that. */
function scaled(text: string, digits: number): number | null {
  const match = NUMBER.exec(text.normalize('NFKC').replace(/[\s,_$¥€£%]/g, ''))
  if (match === null) return null
  const fraction = (match[2] ?? '').replace(/0+$/, '')
  if (fraction.length > digits) return null
  const value = Number(`${match[1] ?? ''}${fraction.padEnd(digits, '0')}`)
  return Number.isSafeInteger(value) ? value : null
}

/** `1,205.5` with 2 digits → 120550 minor units. */
export function parseMoney(text: string, digits: number): number | null {
  return scaled(text, digits)
}

/** `12.49` or `12.49%` → 124900 parts per million. */
export function parseRate(text: string): number | null {
  return scaled(text, 4)
}
