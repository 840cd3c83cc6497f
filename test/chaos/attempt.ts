/** What the callers asked and what they were told: the ledger of the test itself.
 *
 *  It lives in the test's process, which nothing kills, so it knows what the market promised. An attempt
 *  without an answer may have happened or not, but once at most. */
import type { Answer, BatchReply, Key, RejectCode } from '../../schema/index.ts'
import { assertNever, isRemembered, REJECTS } from '../../schema/index.ts'

export type Asked =
  | {
      readonly kind: 'place'
      readonly listingId: number
      readonly amountMinor: number
      readonly ratePpm: number
    }
  | { readonly kind: 'cancel'; readonly bidId: number }
  | {
      readonly kind: 'amend'
      readonly bidId: number
      readonly amountMinor: number
      readonly ratePpm: number
    }
  | { readonly kind: 'deposit'; readonly amountMinor: number }
  | { readonly kind: 'open'; readonly amountMinor: number; readonly ratePpm: number }
  | { readonly kind: 'withdraw'; readonly listingId: number }
  | { readonly kind: 'approve'; readonly listingId: number }
  | { readonly kind: 'reject'; readonly listingId: number }

/** What an answer comes down to, whether it was heard whole or brief, or is read from the record. */
export type Said =
  | { readonly kind: 'placed'; readonly bidId: number; readonly acceptedMinor: number }
  | { readonly kind: 'cancelled'; readonly bidId: number; readonly releasedMinor: number }
  | {
      readonly kind: 'amended'
      readonly bidId: number
      readonly acceptedMinor: number
      readonly heldMinor: number
      readonly releasedMinor: number
    }
  | { readonly kind: 'deposited'; readonly amountMinor: number }
  | { readonly kind: 'opened'; readonly listingId: number }
  | {
      readonly kind: 'withdrawn'
      readonly listingId: number
      readonly releasedMinor: number
      readonly bidCount: number
    }
  | { readonly kind: 'approved'; readonly listingId: number; readonly approvals: number }
  | {
      readonly kind: 'rejected'
      readonly listingId: number
      readonly releasedMinor: number
      readonly bidCount: number
    }
  | { readonly kind: 'refused'; readonly code: RejectCode }

export interface Attempt {
  readonly key: Key
  readonly accountId: number
  readonly asked: Asked
  readonly askedAtMs: number
  /** Every answer heard for the key: several when it was sent again on purpose. */
  readonly said: Said[]
}

export class Ledger {
  readonly #attempts = new Map<string, Attempt>()

  get size(): number {
    return this.#attempts.size
  }

  add(attempt: Attempt): Attempt {
    this.#attempts.set(attempt.key, attempt)
    return attempt
  }

  find(key: string): Attempt | undefined {
    return this.#attempts.get(key)
  }

  all(): Iterable<Attempt> {
    return this.#attempts.values()
  }
}

/** What the caller may rely on; null while nothing definite was heard. */
export function promised({ said }: Attempt): Said | null {
  return said[0] ?? null
}

/** True for a refusal that is the command's own fate. Any other says nothing of it: the command may have
 *  been carried out on an earlier try whose answer was lost. */
export function isDefinite(code: RejectCode): boolean {
  const { number } = REJECTS[code]
  const isOfMarket = number >= 4000 && number < 5000 && !code.startsWith('outcome-')
  return isOfMarket && isRemembered(code)
}

export function saidBriefly(asked: Asked, answer: BatchReply['answers'][number]): Said {
  if ('code' in answer) return { kind: 'refused', code: answer.code }
  if ('bidId' in asked && answer.bidId !== asked.bidId)
    throw new Error(`the ${asked.kind} of ${asked.bidId} was answered for ${answer.bidId}`)
  if ('heldMinor' in answer) return { kind: 'amended', ...answer }
  if ('acceptedMinor' in answer) return { kind: 'placed', ...answer }
  return { kind: 'cancelled', ...answer }
}

export function saidWhole(answer: Answer): Said {
  switch (answer.kind) {
    case 'BidPlaced':
      return { kind: 'placed', bidId: answer.bidId, acceptedMinor: answer.acceptedMinor }
    case 'BidCancelled':
      return { kind: 'cancelled', bidId: answer.bidId, releasedMinor: answer.releasedMinor }
    case 'BidAmended': {
      const { bidId, acceptedMinor, heldMinor, releasedMinor } = answer
      return { kind: 'amended', bidId, acceptedMinor, heldMinor, releasedMinor }
    }
    case 'Deposited':
      return { kind: 'deposited', amountMinor: answer.amountMinor }
    case 'ListingOpened':
      return { kind: 'opened', listingId: answer.listingId }
    case 'ListingWithdrawn': {
      const { listingId, releasedMinor, bidCount } = answer
      return { kind: 'withdrawn', listingId, releasedMinor, bidCount }
    }
    case 'ListingApproved':
      return { kind: 'approved', listingId: answer.listingId, approvals: answer.approvals }
    case 'ListingRejected': {
      const { listingId, releasedMinor, bidCount } = answer
      return { kind: 'rejected', listingId, releasedMinor, bidCount }
    }
    case 'Refused':
      return { kind: 'refused', code: answer.code }
    default:
      return assertNever(answer)
  }
}

/** Two answers are the same when a caller could not tell them apart. */
export function isSame(a: Said, b: Said): boolean {
  switch (a.kind) {
    case 'placed':
      return b.kind === 'placed' && a.bidId === b.bidId && a.acceptedMinor === b.acceptedMinor
    case 'cancelled':
      return b.kind === 'cancelled' && a.bidId === b.bidId && a.releasedMinor === b.releasedMinor
    case 'amended':
      return (
        b.kind === 'amended' &&
        a.bidId === b.bidId &&
        a.acceptedMinor === b.acceptedMinor &&
        a.heldMinor === b.heldMinor &&
        a.releasedMinor === b.releasedMinor
      )
    case 'deposited':
      return b.kind === 'deposited' && a.amountMinor === b.amountMinor
    case 'opened':
      return b.kind === 'opened' && a.listingId === b.listingId
    case 'withdrawn':
      return (
        b.kind === 'withdrawn' &&
        a.listingId === b.listingId &&
        a.releasedMinor === b.releasedMinor &&
        a.bidCount === b.bidCount
      )
    case 'approved':
      return b.kind === 'approved' && a.listingId === b.listingId && a.approvals === b.approvals
    case 'rejected':
      return (
        b.kind === 'rejected' &&
        a.listingId === b.listingId &&
        a.releasedMinor === b.releasedMinor &&
        a.bidCount === b.bidCount
      )
    case 'refused':
      return b.kind === 'refused' && a.code === b.code
    default:
      return assertNever(a)
  }
}
