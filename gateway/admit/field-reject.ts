import type { z } from 'zod'
import { reject } from '../../schema/index.ts'
import type { Reject } from '../../schema/index.ts'

/** Names the first field that was wrong, by its path: `items.3.amountMinor`. */
export function fieldReject(error: z.ZodError, under: readonly (string | number)[] = []): Reject {
  const issue = error.issues[0]
  const path: (string | number)[] = [...under, ...(issue?.path ?? []).map(nameOf)]
  if (issue?.code === 'unrecognized_keys') path.push(...issue.keys.slice(0, 1))
  return reject('field-invalid', { field: path.join('.').slice(0, 200) })
}

function nameOf(part: PropertyKey): string | number {
  return typeof part === 'symbol' ? String(part) : part
}
