/** Reads what a person typed: an amount in major units, a rate in percent. Never through a float, and never
 *  by a guess: whatever two people would read differently is refused.
 *
 *  Both ways of writing are understood: `1,205.50` as English and Chinese do, `1.205,50` as much of Europe
 *  does; spaces and apostrophes part thousands. One separator alone before three digits at the end is a
 *  comma of thousands (`1,205`), as we write it ourselves; the same with a point (`1.205`) could be either and is
 *  refused for money, and so are both in a currency of three digits. A rate has no thousands, so there it is a point
 *  (`9.125`), and so is a comma (`9,125`). A whole number has no point at all. */

import { AMOUNT_MINOR_MAX, RATE_PPM_MAX } from '../../schema/limit.ts'

export type NumberFault =
  | { readonly kind: 'not-number' | 'negative' | 'too-large' }
  | { readonly kind: 'too-fine'; readonly digits: number }
  /** The two readings, written the way that both sides understand. */
  | { readonly kind: 'ambiguous'; readonly readings: readonly [string, string] }

export type NumberRead =
  | { readonly kind: 'empty' }
  | { readonly kind: 'value'; readonly value: number }
  | { readonly kind: 'fault'; readonly fault: NumberFault }

/** A rate in percent has four decimals: parts per million. */
const RATE_DIGITS = 4

/** A unit's sign stands once, before the whole figure or behind it. Anywhere else it parts a figure in a way of writing
 *  that we do not know (`5€50`), and the sign of another unit (`50%` of money) is a mistake. */
const MONEY_SIGN = /^([-−–(]?)\s*[$¥￥€£]|[$¥￥€£](?=\)?$)/
const RATE_SIGN = /^([-−–(]?)\s*%|%(?=\)?$)/
/** What an input method for Chinese writes instead of the plain characters. Other look-alikes (`10²`, `½`) mean something
 *  else and stay what they are. */
const FULL_WIDTH = /[\uff01-\uff5e]/g
const FULL_WIDTH_ABOVE = 0xfee0
const NEGATIVE = /^[-−–(]\s*[\d.,]/
const COUNT = /^(\d+|\d{1,3}([,\s'’_]\d{3})+)$/
const GROUPS = /[  \s'’_]/g

/** `1,205.5` with 2 digits → 120550 minor units. */
export function readMoney(text: string, digits: number): NumberRead {
  return within(read(withoutSign(text, MONEY_SIGN), digits, true), AMOUNT_MINOR_MAX)
}

/** `12.49`, `12,49` or `12.49%` → 124900 parts per million of a year. */
export function readRate(text: string): NumberRead {
  return within(read(withoutSign(text, RATE_SIGN), RATE_DIGITS, false), RATE_PPM_MAX)
}

/** `36` or `1,205`: digits alone or in threes. Whatever has a point is refused, `1.000` and `36.0` too: half of
 *  those who write it mean something else. */
export function readCount(text: string): NumberRead {
  const plain = plainOf(text)
  if (plain === '') return { kind: 'empty' }
  if (NEGATIVE.test(plain)) return fault({ kind: 'negative' })
  if (!COUNT.test(plain))
    return fault(
      /^[\d,]*\.\d*$/.test(plain) ? { kind: 'too-fine', digits: 0 } : { kind: 'not-number' },
    )
  const value = Number(plain.replace(/\D/g, ''))
  return Number.isSafeInteger(value) ? { kind: 'value', value } : fault({ kind: 'too-large' })
}

/** No more than the contract lets anyone say. */
function within(found: NumberRead, most: number): NumberRead {
  return found.kind === 'value' && found.value > most ? fault({ kind: 'too-large' }) : found
}

/** The value that was read; null for anything else. */
export function valueOf(found: NumberRead): number | null {
  return found.kind === 'value' ? found.value : null
}

/** Full-width characters as plain ones. */
function plainOf(text: string): string {
  return text
    .replace(FULL_WIDTH, (wide) => String.fromCharCode(wide.charCodeAt(0) - FULL_WIDTH_ABOVE))
    .replaceAll('。', '.')
    .trim()
}

function withoutSign(text: string, sign: RegExp): string {
  return plainOf(text).replace(sign, '$1').trim()
}

function read(plain: string, digits: number, hasThousands: boolean): NumberRead {
  if (plain === '') return { kind: 'empty' }
  if (NEGATIVE.test(plain)) return fault({ kind: 'negative' })
  if (!/^[\d.,]([\d.,  \s'’_]*[\d.,])?$/.test(plain)) return fault({ kind: 'not-number' })
  const parts = split(plain, digits, hasThousands)
  if (parts === null) return fault({ kind: 'not-number' })
  if ('kind' in parts) return fault(parts)
  return scaled(parts, digits)
}

interface Parts {
  readonly whole: string
  readonly fraction: string
}

/** Which separator is the point. null: none of the ways of writing has it so. */
function split(text: string, digits: number, hasThousands: boolean): Parts | NumberFault | null {
  const commas = text.split(',').length - 1
  const points = text.split('.').length - 1
  if (commas > 0 && points > 0) {
    const point = text.lastIndexOf('.') > text.lastIndexOf(',') ? '.' : ','
    return withPoint(text, point, point === '.' ? ',' : '.')
  }
  const mark = commas > 0 ? ',' : '.'
  const count = Math.max(commas, points)
  if (count === 0) return withPoint(text, '.', ',')
  if (count > 1) return withPoint(text, mark === ',' ? '.' : ',', mark)
  const [before = '', after = ''] = text.split(mark)
  const mayGroup = hasThousands && /^\d{3}$/.test(after) && /^[1-9]\d{0,2}$/.test(before)
  if (!mayGroup) return withPoint(text, mark, mark === ',' ? '.' : ',')
  if (mark === ',' && digits < 3) return withPoint(text, '.', ',')
  return { kind: 'ambiguous', readings: [`${before}.${after}`, `${before},${after}`] }
}

/** Whole and fraction, if thousands are parted as they must be: in threes after the first. */
function withPoint(text: string, point: string, mark: string): Parts | null {
  const [whole = '', fraction = '', ...more] = text.split(point)
  if (more.length > 0) return null
  const groups = whole.replace(GROUPS, mark).split(mark)
  const isGrouped = groups.length > 1
  if (isGrouped && !groups.every((group, at) => (at === 0 ? /^\d{1,3}$/ : /^\d{3}$/).test(group)))
    return null
  if (!/^\d*$/.test(fraction) || (whole === '' && fraction === '')) return null
  if (!isGrouped && !/^\d*$/.test(whole)) return null
  return { whole: groups.join(''), fraction }
}

function scaled({ whole, fraction }: Parts, digits: number): NumberRead {
  const told = fraction.replace(/0+$/, '')
  if (told.length > digits) return fault({ kind: 'too-fine', digits })
  const value = Number(`${whole}${told.padEnd(digits, '0')}`)
  return Number.isSafeInteger(value) ? { kind: 'value', value } : fault({ kind: 'too-large' })
}

function fault(found: NumberFault): NumberRead {
  return { kind: 'fault', fault: found }
}
