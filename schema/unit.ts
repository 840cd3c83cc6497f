/** The units that money and time are counted in, and the brands that keep them from being swapped.
 *
 *  Money is a safe whole number of minor units (cents), a rate a whole number of parts per million of
 *  a year (12.5 % = 125,000). A brand is made in one place, by a function that asserts; arithmetic
 *  gives a plain number back, so the result has to pass the assertion again. */

declare const unit: unique symbol

/** Minor units of the market's currency: safe, whole, never negative. */
export type Minor = number & { readonly [unit]: 'minor' }
/** Parts per million of a year: 125_000 is 12.5 % a year. */
export type RatePpm = number & { readonly [unit]: 'ratePpm' }
/** A person or an institution. Given out by the user centre, never reused. */
export type AccountId = number & { readonly [unit]: 'accountId' }
/** Given out by the engine, counting up from 1. A loan keeps the id of its listing. */
export type ListingId = number & { readonly [unit]: 'listingId' }
/** Given out by the engine, counting up from 1. */
export type BidId = number & { readonly [unit]: 'bidId' }
/** Who is owed a part of a loan. Given out by the engine, counting up from 1; the claims on one loan follow on each
 *  other in the order of its fills. */
export type ClaimId = number & { readonly [unit]: 'claimId' }
/** Place in the journal: 1 for the first entry, one more for each, without gaps. */
export type Sequence = number & { readonly [unit]: 'sequence' }
/** Milliseconds since 1970-01-01 UTC, as the journal stamped it. */
export type AtMs = number & { readonly [unit]: 'atMs' }

/** A broken invariant. Nothing catches it: the process dies and replay brings it back. */
export class BrokenInvariant extends Error {
  override readonly name = 'BrokenInvariant'
}

/** Ends the process's work when `fact` is false. Stays on in production. */
export function assert(fact: boolean, why: string): asserts fact {
  if (!fact) throw new BrokenInvariant(why)
}

/** For the end of an exhaustive switch: the compiler complains when a kind was forgotten. */
export function assertNever(value: never): never {
  throw new BrokenInvariant(`not handled: ${JSON.stringify(value)}`)
}

export function minor(amount: number): Minor {
  if (!Number.isSafeInteger(amount) || amount < 0)
    throw new BrokenInvariant(`${amount} is not an amount of minor units`)
  return amount as Minor
}

export function ratePpm(rate: number): RatePpm {
  if (!Number.isSafeInteger(rate) || rate < 0)
    throw new BrokenInvariant(`${rate} is not a rate in parts per million`)
  return rate as RatePpm
}

export function accountId(id: number): AccountId {
  return positive(id, 'account id') as AccountId
}

export function listingId(id: number): ListingId {
  return positive(id, 'listing id') as ListingId
}

export function bidId(id: number): BidId {
  return positive(id, 'bid id') as BidId
}

export function claimId(id: number): ClaimId {
  return positive(id, 'claim id') as ClaimId
}

export function sequence(place: number): Sequence {
  assert(Number.isSafeInteger(place) && place >= 0, `${place} is not a sequence`)
  return place as Sequence
}

export function atMs(ms: number): AtMs {
  assert(Number.isSafeInteger(ms) && ms >= 0, `${ms} is not a time`)
  return ms as AtMs
}

function positive(id: number, what: string): number {
  if (!Number.isSafeInteger(id) || id <= 0) throw new BrokenInvariant(`${id} is not a ${what}`)
  return id
}

/** The name at a place of a closed list. */
export function named<T>(names: readonly T[], index: unknown): T {
  const name = names[index as number]
  assert(name !== undefined, `no name at ${String(index)}`)
  return name
}
