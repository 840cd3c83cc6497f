/** Reads a batch: a thousand items in one frame, so the one place where validation is counted in
 *  nanoseconds.
 *
 *  The schema is the truth. `isPlainBid` and `isPlainCancel` recognise exactly what the schema takes,
 *  about eight times faster; whatever they do not recognise goes through the schema, which says what is
 *  wrong. test/gateway holds the two together by property. */
import {
  AMOUNT_MINOR_MAX,
  BATCH_COMMANDS_MAX,
  KEY_PATTERN,
  OPERATIONS,
  RATE_PPM_MAX,
  reject,
} from '../../schema/index.ts'
import type { OperationParams, Reject } from '../../schema/index.ts'
import { fieldReject } from './field-reject.ts'

type Batch = OperationParams<'bid.batch'>
type Item = Batch['items'][number]
type Bid = OperationParams<'bid.place'>
type Cancel = OperationParams<'bid.cancel'>

export function readBatch(params: unknown): Batch | Reject {
  const items = isRecord(params) && countFields(params) === 1 ? params['items'] : undefined
  if (!Array.isArray(items) || items.length === 0) return bySchema(params)
  if (items.length > BATCH_COMMANDS_MAX) return reject('batch-too-large', { field: 'items' })
  for (let place = 0; place < items.length; place++) {
    const item: unknown = items[place]
    if (isPlainBid(item) || isPlainCancel(item)) continue
    const wrong = checkItem(item, place)
    if (wrong !== null) return wrong
  }
  return { items: items as Item[] }
}

export function isPlainBid(item: unknown): item is Bid {
  if (!isRecord(item)) return false
  const { key, listingId, amountMinor, ratePpm, deadlineMs } = item
  return (
    isKey(key) &&
    isWhole(listingId, 1, Number.MAX_SAFE_INTEGER) &&
    isWhole(amountMinor, 1, AMOUNT_MINOR_MAX) &&
    isWhole(ratePpm, 0, RATE_PPM_MAX) &&
    hasOnly(item, 4, deadlineMs)
  )
}

export function isPlainCancel(item: unknown): item is Cancel {
  if (!isRecord(item)) return false
  const { key, bidId, deadlineMs } = item
  return isKey(key) && isWhole(bidId, 1, Number.MAX_SAFE_INTEGER) && hasOnly(item, 2, deadlineMs)
}

/** An item is told by its fields: one that names a listing is meant as a bid. */
function checkItem(item: unknown, place: number): Reject | null {
  const operation = isRecord(item) && 'listingId' in item ? 'bid.place' : 'bid.cancel'
  const result = OPERATIONS[operation].params.safeParse(item)
  return result.success ? null : fieldReject(result.error, ['items', place])
}

function bySchema(params: unknown): Batch | Reject {
  const result = OPERATIONS['bid.batch'].params.safeParse(params)
  return result.success ? result.data : fieldReject(result.error)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isKey(value: unknown): boolean {
  return typeof value === 'string' && value.length === 36 && KEY_PATTERN.test(value)
}

function isWhole(value: unknown, min: number, max: number): boolean {
  return Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max
}

function hasOnly(item: Record<string, unknown>, required: number, deadlineMs: unknown): boolean {
  const fields = countFields(item)
  if (deadlineMs === undefined) return fields === required
  return fields === required + 1 && isWhole(deadlineMs, 1, Number.MAX_SAFE_INTEGER)
}

function countFields(item: Record<string, unknown>): number {
  let count = 0
  for (const field in item) if (Object.hasOwn(item, field)) count++
  return count
}
