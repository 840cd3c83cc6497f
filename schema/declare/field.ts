/** The kinds of field that commands and events are made of.
 *
 *  A field says what it holds once; from it come its TypeScript type, how it lies in the journal, what
 *  a reader asserts of it, what a caller may ask for, its place in the fingerprint, a generator for
 *  tests and its line in the documents. Sees neither zod nor Node: the browser loads it. */
import type { Key } from '../key.ts'
import type { RejectCode } from '../reject.ts'
import { assert } from '../unit.ts'
import type {
  AccountId,
  AtMs,
  BidId,
  ClaimId,
  ListingId,
  Minor,
  RatePpm,
  Sequence,
} from '../unit.ts'
import { AMOUNT_MINOR_MAX, RATE_PPM_MAX } from '../limit.ts'

/** How a field lies in the journal. */
export type Form =
  /** A safe whole number from `min` up. What may be asked for today is narrower, see `asked`: a limit that
   *  is lowered must not make old entries unreadable. */
  | { readonly as: 'whole'; readonly min: number }
  /** A UUIDv7 in lower case; with `orNone` perhaps null. */
  | { readonly as: 'key'; readonly orNone: boolean }
  /** One of a closed list, by its place in it. The list grows at its end only. */
  | {
      readonly as: 'name'
      readonly names: readonly string[]
      /** The version of the schema that a name came with, when that was not its field's first. */
      readonly later: Readonly<Record<string, number>>
    }
  /** A refusal, by its number in the table. */
  | { readonly as: 'reject' }
  /** Bids with what each got, three numbers a bid in one flat row. */
  | { readonly as: 'fills' }
  /** Another event: the answer that is given once more. */
  | { readonly as: 'answer' }

declare const valueOf: unique symbol

export interface Field<Value = unknown> {
  readonly form: Form
  /** What it is counted in, or a word for what it is: `minor`, `account`, `moment`. */
  readonly kind: string
  readonly about: string
  /** What a caller may ask for, where that is narrower than what can be stored. */
  readonly asked: { readonly min: number; readonly max: number } | null
  /** How many values it has for ever in the fingerprint's number of small fields; 0: it has one of its own. */
  readonly room: number
  readonly since: Added<Value> | null
  readonly until: Removed<Value> | null
  readonly [valueOf]?: Value
}

/** Came with a later version of the schema. `value` says what it is in an entry that was written before,
 *  from the fields which that entry has. */
export interface Added<Value> {
  readonly version: number
  value(older: Readonly<Record<string, unknown>>): Value
  /** True when a reader of a version before does without it: what says it can be written for such a one too. */
  readonly isSpared: boolean
}

/** Gone since a version of the schema. `value` says what it is for a reader of the version before, as long as
 *  one may still be running. */
export interface Removed<Value> {
  readonly version: number
  value(newer: Readonly<Record<string, unknown>>): Value
}

export type Fields = Readonly<Record<string, Field>>
export type ValueOf<Declared> = Declared extends Field<infer Value> ? Value : never
export type ValuesOf<Declared extends Fields> = {
  readonly [Name in keyof Declared]: ValueOf<Declared[Name]>
}

/** One winning or released bid. */
export interface Fill {
  readonly bidId: BidId
  readonly accountId: AccountId
  readonly amountMinor: Minor
}

const SAFE = Number.MAX_SAFE_INTEGER

export const account = (about: string): Field<AccountId> =>
  field('account', about, { as: 'whole', min: 1 }, { min: 1, max: SAFE })

/** 0 for none. */
export const claimOrNone = (about: string): Field<ClaimId | 0> =>
  field('claim or 0', about, { as: 'whole', min: 0 }, { min: 1, max: SAFE })

export const listing = (about: string): Field<ListingId> =>
  field('listing', about, { as: 'whole', min: 1 }, { min: 1, max: SAFE })

export const bid = (about: string): Field<BidId> =>
  field('bid', about, { as: 'whole', min: 1 }, { min: 1, max: SAFE })

/** Money that moves or stands: minor units. What is asked for is never nothing. */
export const minorUnits = (about: string): Field<Minor> =>
  field('minor', about, { as: 'whole', min: 0 }, { min: 1, max: AMOUNT_MINOR_MAX })

/** 0 for none. */
export const minorOrNone = (about: string): Field<number> =>
  field('minor or 0', about, { as: 'whole', min: 0 }, { min: 0, max: AMOUNT_MINOR_MAX })

export const rate = (about: string): Field<RatePpm> =>
  field('ppm', about, { as: 'whole', min: 0 }, { min: 0, max: RATE_PPM_MAX })

export const moment = (about: string): Field<AtMs> =>
  field('moment', about, { as: 'whole', min: 0 }, { min: 1, max: SAFE })

/** 0 for none. */
export const momentOrNone = (about: string): Field<AtMs | 0> =>
  field('moment or 0', about, { as: 'whole', min: 0 }, { min: 1, max: SAFE })

export const milliseconds = (
  about: string,
  asked: { readonly min: number; readonly max: number },
): Field<number> => field('milliseconds', about, { as: 'whole', min: 0 }, asked)

export const count = (
  about: string,
  asked: { readonly min: number; readonly max: number } | null = null,
  room = 0,
): Field<number> => field('count', about, { as: 'whole', min: 0 }, asked, room)

export const position = (about: string): Field<Sequence> =>
  field('sequence', about, { as: 'whole', min: 0 }, null)

/** A place in a line: the lower, the earlier. */
export const place = (about: string): Field<number> =>
  field('place', about, { as: 'whole', min: 1 }, null)

export const key = (about: string): Field<Key> =>
  field('key', about, { as: 'key', orNone: false }, null)

/** null where it is not known. */
export const keyOrNone = (about: string): Field<Key | null> =>
  field('key or null', about, { as: 'key', orNone: true }, null)

/** `room` is how many names the list had when it was first declared, or is ever to have: see `fingerprint`.
 *  A name that is added to it is told in `later`, with the version of the schema that it came with. */
export function oneOf<const Name extends string>(
  kind: string,
  names: readonly Name[],
  about: string,
  room: number = names.length,
  later: Readonly<Record<string, number>> = {},
): Field<Name> {
  const known: readonly string[] = names
  for (const name of Object.keys(later)) assert(known.includes(name), `${name} is in the list`)
  return field(kind, about, { as: 'name', names, later }, null, room)
}

export const rejection = (about: string): Field<RejectCode> =>
  field('reject', about, { as: 'reject' }, null)

export const fills = (about: string): Field<readonly Fill[]> =>
  field('fills', about, { as: 'fills' }, null)

export const answer = <Answer>(about: string): Field<Answer> =>
  field('answer', about, { as: 'answer' }, null)

/** A field that came later than what has it: who asks may leave it out. */
export interface AddedField<Value = unknown> extends Field<Value> {
  readonly since: Added<Value>
}

/** The same field, which came with schema version `version`. */
export function added<Value>(
  version: number,
  declared: Field<Value>,
  value: (older: Readonly<Record<string, unknown>>) => NoInfer<Value>,
): AddedField<Value> {
  assert(version > 1, 'what came with the first version was not added')
  return { ...declared, since: { version, value, isSpared: false } }
}

/** As `added`, for what those who do not know the field need not hear. */
export function addedAside<Value>(
  version: number,
  declared: Field<Value>,
  value: (older: Readonly<Record<string, unknown>>) => NoInfer<Value>,
): AddedField<Value> {
  const { since, ...rest } = added(version, declared, value)
  return { ...rest, since: { ...since, isSpared: true } }
}

/** The same field, which schema version `version` no longer has. */
export function removed<Value>(
  version: number,
  declared: Field<Value>,
  value: (newer: Readonly<Record<string, unknown>>) => Value,
): Field<Value> {
  assert(version > 1, 'what the first version has not was never there')
  return { ...declared, until: { version, value } }
}

function field<Value>(
  kind: string,
  about: string,
  form: Form,
  asked: Field['asked'],
  room = 0,
): Field<Value> {
  return { form, kind, about, asked, room, since: null, until: null }
}
