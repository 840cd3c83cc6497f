/** Fields of rows in the binary form of COPY, one method for each kind of column. */
import { assert } from '../../schema/unit.ts'

const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1')
const TRAILER_BYTES = 2
const START_BYTES = 64 * 1024
/** 2000-01-01 in milliseconds since 1970: where a timestamptz and a date count from. */
const POSTGRES_EPOCH_MS = 946_684_800_000
const DAY_MS = 86_400_000
const TEXT_OID = 25
const NUMERIC_BASE = 10_000n
const NUMERIC_MINUS = 0x4000

/** Numbers are written through a view: a Buffer's own methods check each and take twice as long. */
export class CopyFields {
  #buffer = Buffer.allocUnsafeSlow(START_BYTES)
  #view = new DataView(this.#buffer.buffer)
  #at = SIGNATURE.length

  constructor() {
    SIGNATURE.copy(this.#buffer)
  }

  beginRow(columns: number): void {
    this.#reserve(2)
    this.#view.setInt16(this.#at, columns)
    this.#at += 2
  }

  bigint(value: number): void {
    this.#reserve(12)
    this.#view.setInt32(this.#at, 8)
    this.#view.setInt32(this.#at + 4, Math.floor(value / 2 ** 32))
    this.#view.setUint32(this.#at + 8, value >>> 0)
    this.#at += 12
  }

  /** Groups of four decimal digits, the first of weight `groups - 1`; then sign and no digits behind the
   *  point. */
  numeric(value: bigint): void {
    const groups: number[] = []
    for (let rest = value < 0n ? -value : value; rest > 0n; rest /= NUMERIC_BASE)
      groups.unshift(Number(rest % NUMERIC_BASE))
    const head = [groups.length, Math.max(0, groups.length - 1), value < 0n ? NUMERIC_MINUS : 0, 0]
    const words = [...head, ...groups]
    this.#reserve(4 + 2 * words.length)
    this.#view.setInt32(this.#at, 2 * words.length)
    this.#at += 4
    for (const word of words) {
      this.#view.setUint16(this.#at, word)
      this.#at += 2
    }
  }

  integer(value: number): void {
    this.#reserve(8)
    this.#view.setInt32(this.#at, 4)
    this.#view.setInt32(this.#at + 4, value)
    this.#at += 8
  }

  smallint(value: number): void {
    this.#reserve(6)
    this.#view.setInt32(this.#at, 2)
    this.#view.setInt16(this.#at + 4, value)
    this.#at += 6
  }

  time(ms: number): void {
    this.bigint((ms - POSTGRES_EPOCH_MS) * 1000)
  }

  /** `YYYY-MM-DD`. */
  date(day: string): void {
    this.integer((Date.parse(`${day}T00:00:00Z`) - POSTGRES_EPOCH_MS) / DAY_MS)
  }

  /** ASCII: a word of a closed list. */
  word(value: string): void {
    this.#reserve(4 + value.length)
    this.#view.setInt32(this.#at, value.length)
    this.#at += 4
    for (let index = 0; index < value.length; index++)
      this.#buffer[this.#at++] = value.charCodeAt(index)
  }

  text(value: string): void {
    this.#reserve(4 + 3 * value.length)
    const bytes = this.#buffer.write(value, this.#at + 4)
    this.#view.setInt32(this.#at, bytes)
    this.#at += 4 + bytes
  }

  /** An array of one dimension without nulls. */
  words(values: readonly string[]): void {
    const start = this.#at
    this.integer(values.length === 0 ? 0 : 1)
    this.#plain(0)
    this.#plain(TEXT_OID)
    if (values.length > 0) {
      this.#plain(values.length)
      this.#plain(1)
    }
    for (const value of values) this.word(value)
    this.#view.setInt32(start, this.#at - start - 4)
  }

  /** Version 1 of its binary form, then the text. */
  jsonb(value: unknown): void {
    this.text(`\u0001${JSON.stringify(value)}`)
  }

  bytea(value: Uint8Array): void {
    this.#reserve(4 + value.length)
    this.#view.setInt32(this.#at, value.length)
    this.#buffer.set(value, this.#at + 4)
    this.#at += 4 + value.length
  }

  /** 8-4-4-4-12 hex digits. */
  uuid(value: string): void {
    this.#reserve(20)
    this.#view.setInt32(this.#at, 16)
    const written = this.#buffer.write(value.replaceAll('-', ''), this.#at + 4, 'hex')
    assert(written === 16, `${value} is not a uuid`)
    this.#at += 20
  }

  nothing(): void {
    this.#reserve(4)
    this.#view.setInt32(this.#at, -1)
    this.#at += 4
  }

  /** The whole, ready to be sent; nothing may be written after. */
  finish(): Buffer {
    this.#reserve(TRAILER_BYTES)
    this.#view.setInt16(this.#at, -1)
    this.#at += TRAILER_BYTES
    return this.#buffer.subarray(0, this.#at)
  }

  /** A number that is no field of its own. */
  #plain(value: number): void {
    this.#reserve(4)
    this.#view.setInt32(this.#at, value)
    this.#at += 4
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#buffer.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#buffer.length * 2, this.#at + bytes))
    this.#buffer.copy(larger, 0, 0, this.#at)
    this.#buffer = larger
    this.#view = new DataView(larger.buffer)
  }
}
