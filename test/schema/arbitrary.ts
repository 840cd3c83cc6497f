/** Any message that a declaration allows. */
import fc from 'fast-check'
import { keyFrom, REJECT_CODES } from '../../schema/index.ts'
import type { CommandKind, Done, Fill } from '../../schema/index.ts'
import { COMMANDS } from '../../schema/index.ts'
import type { Field, Fields } from '../../schema/declare/field.ts'

interface Declared {
  readonly kind: string
  readonly fields: Fields
}

/** A message of the declared kind. */
export function messageOf<Message>(declared: Declared): fc.Arbitrary<Message> {
  const fields = Object.entries(declared.fields).filter(([, { until }]) => until === null)
  const members = fields.map(([name, field]) => [name, valueOf(field)] as const)
  return fc
    .record(Object.fromEntries(members))
    .map((values) => ({ kind: declared.kind, ...values }) as Message)
}

/** Any of several kinds. */
export function messagesOf<Message>(declarations: readonly Declared[]): fc.Arbitrary<Message> {
  return fc.oneof(...declarations.map((declared) => messageOf<Message>(declared)))
}

const small = fc.integer({ min: 1, max: 1_000_000 })

const keys = fc
  .tuple(fc.integer({ min: 0, max: 2 ** 47 }), fc.uint8Array({ minLength: 10, maxLength: 10 }))
  .map(([ms, bytes]) => keyFrom(ms, bytes))

const bids = fc
  .record({ bidId: small, accountId: small, amountMinor: small })
  .map((fill) => fill as unknown as Fill)

const answers: fc.Arbitrary<Done> = fc
  .constantFrom(...(Object.keys(COMMANDS) as CommandKind[]))
  .chain((kind) => messageOf<Done>(COMMANDS[kind].answer))

function valueOf({ form }: Field): fc.Arbitrary<unknown> {
  switch (form.as) {
    case 'whole':
      return fc.oneof(
        fc.integer({ min: form.min, max: 1_000 }),
        fc.integer({ min: form.min, max: 2 ** 31 - 1 }),
        fc.maxSafeNat().filter((value) => value >= form.min),
      )
    case 'key':
      return form.orNone ? fc.option(keys) : keys
    case 'name':
      return fc.constantFrom(...form.names)
    case 'reject':
      return fc.constantFrom(...REJECT_CODES)
    case 'fills':
      return fc.array(bids, { maxLength: 6 })
    case 'answer':
      return answers
  }
}
