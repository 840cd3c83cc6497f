/** An operation of the WebSocket, declared once: who may ask, what is asked, what is answered.
 *
 *  An operation that asks the engine for something is derived from the declaration of its command: its
 *  parameters are the key, whose account it is where that is not the caller's own, the command's body
 *  and perhaps a deadline, within the bounds that may be asked for; its reply holds the command's answer.
 *  The gateway makes the command, counts it and answers it from the same declaration (gateway/admit). */
import { z } from 'zod'
import type { CommandBucket } from '../bucket.ts'
import { keySchema } from '../key.ts'
import type { Key } from '../key.ts'
import type { Access, Permission } from '../permission.ts'
import type { AccountId, AtMs, Sequence } from '../unit.ts'
import { ACK_STAGES } from './ack.ts'
import type { AckStage } from './ack.ts'
import { account, moment, position } from './field.ts'
import { ASKED } from './message.ts'
import type { BriefOf, CommandDeclaration, EventDeclaration, MessageOf } from './message.ts'
import { asked, askedShape, briefMessage, message, said } from './shape.ts'
import type { Again, AskedSchema } from './shape.ts'

export interface OperationDeclaration<
  Params extends z.ZodObject = z.ZodObject,
  Reply extends z.ZodType = z.ZodType,
> {
  readonly access: Access
  readonly about: string
  readonly params: Params
  readonly reply: Reply
  /** What it costs, in requests, once it is read; one when not said. Commands are counted by themselves. */
  readonly price?: (params: z.output<Params>) => number
}

/** One that becomes a command of the engine. */
export interface CommandOperationDeclaration<
  Declared extends CommandDeclaration = CommandDeclaration,
  Params extends z.ZodObject = z.ZodObject,
> extends OperationDeclaration<Params, z.ZodType<CommandReplyOf<Declared>>> {
  readonly access: Permission
  readonly command: Declared
  /** The parameter that says whose command it is; null: the caller's own. */
  readonly owner: string | null
  readonly hasDeadline: boolean
  readonly countsAs: CommandBucket
}

/** One that becomes as many commands as it has items. */
export interface BatchOperationDeclaration<
  Params extends z.ZodObject = z.ZodObject,
  Reply extends z.ZodType = z.ZodType,
> extends OperationDeclaration<Params, Reply> {
  readonly access: Permission
  /** What an item may be; those that come most often first. */
  readonly batched: readonly CommandOperationDeclaration[]
  /** What a batch that cannot be read is paid from, and whose rest its caller hears of. */
  readonly countsAs: CommandBucket
}

/** The reply to one command. A refusal is no reply but a frame of its own. */
export interface CommandReplyOf<Declared extends CommandDeclaration> {
  /** The stage that was reached; less than was asked for only after `ACK_WAIT_MS_MAX`. */
  readonly stage: AckStage
  /** Where in the journal the answer was given; of a repeat, where it was given first. */
  readonly sequence: Sequence
  /** When; null of a repeat, whose first time only the records know. */
  readonly atMs: AtMs | null
  /** True when the key had been answered before: this is that answer again. */
  readonly isRepeated: boolean
  readonly answer: MessageOf<Declared['answer']>
}

/** The reply to a batch: one answer for each item, in order. It is a reply even if all were refused. */
export interface BatchReplyOf<Brief> {
  readonly stage: AckStage
  /** Of the last item's entry: the whole batch is at or before it. */
  readonly sequence: Sequence
  readonly atMs: AtMs
  readonly answers: readonly (Brief & Again)[]
}

/** Declares an operation that the gateway itself answers. */
export function operation<Params extends z.ZodObject, Reply extends z.ZodType>(
  declared: OperationDeclaration<Params, Reply>,
): OperationDeclaration<Params, Reply> {
  return declared
}

interface CommandFacts<Declared, Owner extends string, Deadline extends boolean> {
  readonly access: Permission
  readonly command: Declared
  readonly countsAs: CommandBucket
  /** Asked for by name when the command is not for the caller's own account. */
  readonly owner?: Owner
  readonly ownerAbout?: string
  readonly hasDeadline: Deadline
}

type ParamsShape<
  Declared extends CommandDeclaration,
  Owner extends string,
  Deadline extends boolean,
> = {
  readonly [
    Name in 'key' | Owner | keyof Declared['body'] | (Deadline extends true ? 'deadlineMs' : never)
  ]: Name extends 'key'
    ? z.ZodType<Key, string>
    : Name extends keyof Declared['body']
      ? AskedSchema<Declared['body'][Name]>
      : Name extends 'deadlineMs'
        ? z.ZodOptional<z.ZodType<AtMs, number>>
        : z.ZodType<AccountId, number>
}

/** Declares an operation that asks the engine, from its command. */
export function commandOperation<
  Declared extends CommandDeclaration,
  Deadline extends boolean,
  const Owner extends string = never,
>(
  facts: CommandFacts<Declared, Owner, Deadline>,
): CommandOperationDeclaration<
  Declared,
  z.ZodObject<ParamsShape<Declared, Owner, Deadline>, z.core.$strict>
> {
  const { access, command, countsAs, owner, ownerAbout = '', hasDeadline } = facts
  const params = z.strictObject({
    key: keySchema.describe(KEY_ABOUT),
    ...(owner === undefined ? {} : { [owner]: asked(account(ownerAbout)) }),
    ...askedShape(command.body),
    ...(hasDeadline
      ? { deadlineMs: asked(ASKED.deadlineMs).optional().describe(DEADLINE_ABOUT) }
      : {}),
  })
  return {
    access,
    about: command.about,
    params: params as never,
    reply: replySchema(command),
    command,
    owner: owner ?? null,
    hasDeadline,
    countsAs,
  }
}

interface BatchFacts<Items, Refused> {
  readonly access: Permission
  readonly about: string
  readonly countsAs: CommandBucket
  readonly itemsMax: number
  readonly batched: Items
  /** What an item hears that was refused. */
  readonly refused: Refused
}

type BatchParams<Params extends z.ZodType> = z.ZodObject<
  { readonly items: z.ZodArray<z.ZodType<z.output<Params>, z.input<Params>>> },
  z.core.$strict
>

/** Declares an operation of many commands at once: `items`, each told by its fields. */
export function batchOperation<
  const Items extends readonly [CommandOperationDeclaration, ...CommandOperationDeclaration[]],
  Refused extends EventDeclaration,
>(
  facts: BatchFacts<Items, Refused>,
): BatchOperationDeclaration<
  BatchParams<Items[number]['params']>,
  z.ZodType<BatchReplyOf<BriefOf<Items[number]['command']['answer']> | BriefOf<Refused>>>
> {
  const { access, about, countsAs, itemsMax, batched, refused } = facts
  const item = z.union(batched.map(({ params }) => params))
  const answers = [...batched.map(({ command }) => command.answer), refused].map(briefMessage)
  const items = z
    .array(item)
    .min(1)
    .max(itemsMax)
    .describe('Taken in whole or not at all; then each stands for itself.')
  const reply = z.strictObject({
    stage,
    sequence: said(position('Of the last item: the whole batch is at or before it.')),
    atMs: said(moment('When that was.')),
    answers: z.array(z.union(answers)).describe('One for each item, in order.'),
  })
  const params = z.strictObject({ items })
  return { access, about, countsAs, batched, params: params as never, reply: reply as never }
}

const KEY_ABOUT = `A UUIDv7 in lower case. ${ASKED.key.about}`
const DEADLINE_ABOUT = 'Not to be carried out after this time.'

const stage = z
  .enum(ACK_STAGES)
  .describe('The stage that was reached; less than was asked for only when that took too long.')

function replySchema<Declared extends CommandDeclaration>(
  command: Declared,
): z.ZodType<CommandReplyOf<Declared>> {
  return z.strictObject({
    stage,
    sequence: said(
      position('Where in the journal it was answered; of a repeat, where it was first.'),
    ),
    atMs: said(moment('When; null of a repeat: `outcome.get` tells it.')).nullable(),
    isRepeated: z
      .boolean()
      .describe('True when the key had been answered before: this is that answer again.'),
    answer: message(command.answer),
  }) as unknown as z.ZodType<CommandReplyOf<Declared>>
}
