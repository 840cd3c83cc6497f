/** Numbers, money, rates and times in one language and one currency, by `Intl` alone.
 *
 *  Money arrives as whole minor units and is handed to `Intl` as a decimal string, so no amount ever
 *  becomes a float on its way to the screen. */
import type { Messages } from './en.ts'

export type Locale = 'en' | 'zh-CN'

type Decimal = `${number}`

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000

/** `120550` with 2 digits → `1205.50`. */
export function decimal(minor: number | bigint, digits: number): Decimal {
  if (digits === 0) return String(minor) as Decimal
  const text = String(minor)
    .replace('-', '')
    .padStart(digits + 1, '0')
  const whole = text.slice(0, -digits)
  return `${minor < 0 ? '-' : ''}${whole}.${text.slice(-digits)}` as Decimal
}

/** `12.49`: a rate in percent as one would type it, with two decimals at least. */
export function plainRate(ratePpm: number): string {
  return decimal(ratePpm, 4).replace(/0{1,2}$/, '')
}

/** The minor digits of a currency: 2 for USD, 0 for JPY. */
export function currencyDigits(currency: string): number {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency })
  return format.resolvedOptions().maximumFractionDigits ?? 2
}

/** Whole percent, rounded down: a listing is 100 % funded only when nothing is missing. */
export function fundedPercent(fundedMinor: number | bigint, amountMinor: number | bigint): number {
  if (Number(amountMinor) === 0) return 0
  return Math.min(100, Number((BigInt(fundedMinor) * 100n) / BigInt(amountMinor)))
}

function pad(value: number): string {
  return String(value).padStart(2, '0')
}

/** The two largest units of a span, `4m 09s`; what it says when nothing is left. */
export function spanText(ms: number, span: Messages['span']): string {
  if (ms <= 0) return span.ended
  const seconds = Math.ceil(ms / 1000)
  const roundedMs = seconds * 1000
  if (roundedMs >= DAY_MS)
    return span.days(
      Math.floor(roundedMs / DAY_MS),
      String(Math.floor((roundedMs % DAY_MS) / HOUR_MS)),
    )
  if (roundedMs >= HOUR_MS)
    return span.hours(
      Math.floor(roundedMs / HOUR_MS),
      pad(Math.floor((roundedMs % HOUR_MS) / MINUTE_MS)),
    )
  if (seconds >= 60) return span.minutes(Math.floor(seconds / 60), pad(seconds % 60))
  return span.seconds(seconds)
}

/** Tools for one language and currency; made anew when either changes. */
export function createFormat(locale: Locale, currency: string) {
  const digits = currencyDigits(currency)
  const base = { style: 'currency', currency, currencyDisplay: 'narrowSymbol' } as const
  const exact = new Intl.NumberFormat(locale, base)
  const brief = new Intl.NumberFormat(locale, { ...base, trailingZeroDisplay: 'stripIfInteger' })
  const compact = new Intl.NumberFormat(locale, {
    ...base,
    notation: 'compact',
    minimumFractionDigits: 0,
    maximumFractionDigits: 2,
  })
  const rate2 = percentFormat(locale, 2, 2)
  const rate4 = percentFormat(locale, 2, 4)
  const percent0 = percentFormat(locale, 0, 0)
  const percent1 = percentFormat(locale, 0, 2)
  const tenths = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 })
  const integer = new Intl.NumberFormat(locale)
  const clock = new Intl.DateTimeFormat(locale, { timeStyle: 'medium', hourCycle: 'h23' })
  const moment = new Intl.DateTimeFormat(locale, {
    dateStyle: 'medium',
    timeStyle: 'short',
    hourCycle: 'h23',
  })
  const day = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' })
  return {
    digits,
    /** `$1,205.50`: every digit the ledger knows. */
    money: (minor: number | bigint) => exact.format(decimal(minor, digits)),
    /** `$28,000`, but `$28,000.50`: for lists where amounts are mostly whole. */
    moneyBrief: (minor: number) => brief.format(decimal(minor, digits)),
    /** `$4.87M`: for totals that move; the exact amount stands beside or behind it. */
    moneyCompact: (minor: number | bigint) => compact.format(decimal(minor, digits)),
    /** How amounts up to one are written on an axis: all of them in the same unit. */
    moneyAxis: (mostMinor: number): ((minor: number) => string) => {
      const most = mostMinor / 10 ** digits
      const [unit, sign] = axisUnit(locale, most)
      return (minor) => `${brief.format(minor / 10 ** digits / unit)}${sign}`
    },
    /** The same as `money` in pieces, so that the unit can be set in a lighter tone. */
    moneyParts: (minor: number, isBrief: boolean) =>
      (isBrief ? brief : exact).formatToParts(decimal(minor, digits)),
    /** `12.49%` */
    rate: (ratePpm: number) => rate2.format(ratePpm / 1_000_000),
    /** Up to four decimals: all that parts per million can say. */
    rateExact: (ratePpm: number) => rate4.format(ratePpm / 1_000_000),
    percent: (whole: number) => percent0.format(whole / 100),
    /** A share of a whole: `0.89%`. */
    share: (part: number, whole: number) => percent1.format(whole === 0 ? 0 : part / whole),
    /** How many times one is in the other: `2.3`. */
    times: (part: number, whole: number) => tenths.format(part / whole),
    count: (value: number) => integer.format(value),
    time: (atMs: number) => clock.format(atMs),
    dateTime: (atMs: number) => moment.format(atMs),
    /** `2027-01-31` as a day of the calendar, the same in every time zone. */
    day: (isoDay: string) => day.format(new Date(`${isoDay}T00:00:00Z`)),
  }
}

/** The unit of an axis that ends at `most`, and its sign. */
function axisUnit(locale: Locale, most: number): readonly [number, string] {
  if (locale === 'zh-CN') return most >= 100_000 ? [10_000, '万'] : [1, '']
  if (most >= 1_000_000) return [1_000_000, 'M']
  return most >= 100_000 ? [1_000, 'K'] : [1, '']
}

function percentFormat(locale: Locale, least: number, most: number): Intl.NumberFormat {
  return new Intl.NumberFormat(locale, {
    style: 'percent',
    minimumFractionDigits: least,
    maximumFractionDigits: most,
  })
}
