/** How each operation that asks the engine for something becomes commands: made from the declarations, so
 *  a new one needs nothing here. */
import { BATCH_COMMANDS_MAX, OPERATION_NAMES, OPERATIONS, reject } from '../../schema/index.ts'
import type {
  AccountId,
  Command,
  CommandKind,
  CommandOperation,
  OperationName,
  Reject,
} from '../../schema/index.ts'
import type { CommandBucket } from '../../schema/bucket.ts'
import type {
  BatchOperationDeclaration,
  CommandOperationDeclaration,
} from '../../schema/declare/operation.ts'
import { createForm } from './command-form.ts'
import type { CommandForm } from './command-form.ts'
import { fieldReject } from './field-reject.ts'

interface OperationForm {
  readonly isBatch: boolean
  /** Pays for one that cannot be read, and its rest is what the caller hears of. */
  readonly bucket: CommandBucket
  /** @param accountId who asks */
  read(params: unknown, accountId: AccountId): readonly Command[] | Reject
}

const SINGLE = new Map<string, CommandOperationDeclaration>()
const BATCHES = new Map<string, BatchOperationDeclaration>()
for (const name of OPERATION_NAMES) {
  const declared = OPERATIONS[name]
  if ('command' in declared) SINGLE.set(name, declared)
  else if ('batched' in declared) BATCHES.set(name, declared)
}

const FORM_OF = new Map(Array.from(SINGLE.values(), (declared) => [declared, createForm(declared)]))

export const OPERATION_FORMS = Object.fromEntries([
  ...Array.from(SINGLE, ([name, declared]) => [name, singleForm(declared)] as const),
  ...Array.from(BATCHES, ([name, declared]) => [name, batchForm(declared)] as const),
]) as Readonly<Record<CommandOperation, OperationForm>>

/** What pays for a command of each kind in a batch. */
export const BUCKET_OF = Object.fromEntries(
  Array.from(SINGLE.values(), ({ command, countsAs }) => [command.kind, countsAs]),
) as Readonly<Record<CommandKind, CommandBucket>>

export function isCommandOperation(op: OperationName): op is CommandOperation {
  return Object.hasOwn(OPERATION_FORMS, op)
}

/** The compiled form of an operation that becomes one command. */
export function formOf(declared: CommandOperationDeclaration): CommandForm {
  const form = FORM_OF.get(declared)
  if (form === undefined) throw new Error(`${declared.command.kind} is no operation`)
  return form
}

function singleForm(declared: CommandOperationDeclaration): OperationForm {
  const form = formOf(declared)
  return {
    isBatch: false,
    bucket: declared.countsAs,
    read: (params, accountId) => {
      const command = form.read(params, accountId) ?? bySchema(declared, params, accountId, [])
      return 'kind' in command ? (misfitOf(declared, command) ?? [command]) : command
    },
  }
}

/** Only what is asked for by itself has terms that may not fit together. */
function misfitOf(
  { command: { misfit } }: CommandOperationDeclaration,
  asked: Command,
): Reject | null {
  const why = misfit(asked)
  return why === null ? null : reject(why.code, { field: why.field })
}

function batchForm(declared: BatchOperationDeclaration): OperationForm {
  const forms = declared.batched.map(formOf)
  const readItem = (item: unknown, place: number, accountId: AccountId): Command | Reject => {
    for (const form of forms) {
      const command = form.read(item, accountId)
      if (command !== null) return command
    }
    return bySchema(meant(item, declared), item, accountId, ['items', place])
  }
  return {
    isBatch: true,
    bucket: declared.countsAs,
    read: (params, accountId) => {
      const items = itemsOf(params)
      if (items === null) return wrongBatch(declared, params)
      if (items.length > BATCH_COMMANDS_MAX) return reject('batch-too-large', { field: 'items' })
      const commands: Command[] = []
      for (let place = 0; place < items.length; place++) {
        const command = readItem(items[place], place, accountId)
        if (!('kind' in command)) return command
        commands.push(command)
      }
      return commands
    },
  }
}

/** null when there are none to be read one by one. */
function itemsOf(params: unknown): readonly unknown[] | null {
  if (!isRecord(params)) return null
  const { items } = params
  if (!Array.isArray(items) || items.length === 0) return null
  return Object.keys(params).length === 1 ? items : null
}

function wrongBatch({ params }: BatchOperationDeclaration, given: unknown): Reject {
  const result = params.safeParse(given)
  return result.success ? reject('field-invalid', { field: 'items' }) : fieldReject(result.error)
}

function bySchema(
  declared: CommandOperationDeclaration,
  params: unknown,
  accountId: AccountId,
  under: readonly (string | number)[],
): Command | Reject {
  const result = declared.params.safeParse(params)
  if (result.success) return formOf(declared).make(result.data, accountId)
  return fieldReject(result.error, under)
}

/** A wrong item is told by its fields: it was meant as what has the most of them, then as what lacks the
 *  fewest. */
function meant(item: unknown, { batched }: BatchOperationDeclaration): CommandOperationDeclaration {
  const given = isRecord(item) ? Object.keys(item) : []
  const likeness = (declared: CommandOperationDeclaration): number => {
    const { names } = formOf(declared)
    const common = names.filter((name) => given.includes(name)).length
    return common - (names.length - common) / 100
  }
  return batched.reduce((best, other) => (likeness(other) > likeness(best) ? other : best))
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
