/** A command and an event, each declared once: name, number for ever, fields.
 *
 *  What is derived from a declaration: the type (`MessageOf`), packing and reading (engine/journal), the
 *  fingerprint and the kept answer (engine/keys), what a caller may send (schema/operation.ts), the brief
 *  answer of a batch (gateway/admit), the row of docs/reference.md and a generator (test/schema). */
import { account, key, momentOrNone } from './field.ts'
import type { Fields, ValuesOf } from './field.ts'
import type { RejectCode } from '../reject.ts'

export interface EventDeclaration<
  Kind extends string = string,
  Declared extends Fields = Fields,
  Brief extends keyof Declared & string = keyof Declared & string,
> {
  readonly kind: Kind
  /** Its number in the journal. Never changed, never given to another. */
  readonly number: number
  /** The version of the schema that it came with. */
  readonly since: number
  readonly about: string
  readonly fields: Declared
  /** What a batch's caller hears of it: the rest the caller knows. */
  readonly brief: readonly Brief[]
}

export interface CommandDeclaration<
  Kind extends string = string,
  Declared extends Fields = Fields,
  Answer extends EventDeclaration = EventDeclaration,
> {
  readonly kind: Kind
  readonly number: number
  readonly since: number
  readonly about: string
  /** What is asked, without what every command has. */
  readonly body: Declared
  /** All of it: `ASKED`, then the body. */
  readonly fields: typeof ASKED & Declared
  /** What it is answered by when it is not refused. */
  readonly answer: Answer
  /** Fields of the answer that say what the command said under another name. */
  readonly same: Readonly<Record<string, string>>
  /** Why what is asked cannot be, though each field by itself could; null when it can. */
  misfit(this: void, asked: ValuesOf<Declared>): Misfit | null
}

export interface Misfit {
  readonly code: RejectCode
  readonly field: string
}

/** What every command has, first in its tuple. */
export const ASKED = {
  key: key('Unique per account for ever; the same key gets the same answer.'),
  accountId: account('Whose command it is: the account whose keys, cash and bids are meant.'),
  deadlineMs: momentOrNone('Not to be carried out after this time; 0 for no deadline.'),
} as const

interface EventFacts<Declared extends Fields, Brief extends keyof Declared & string> {
  readonly number: number
  readonly since?: number
  readonly about: string
  readonly fields: Declared
  readonly brief?: readonly Brief[]
}

export function event<
  const Kind extends string,
  Declared extends Fields,
  const Brief extends keyof Declared & string = never,
>(kind: Kind, facts: EventFacts<Declared, Brief>): EventDeclaration<Kind, Declared, Brief> {
  const { number, since = 1, about, fields, brief = [] } = facts
  return { kind, number, since, about, fields, brief }
}

interface CommandFacts<Declared extends Fields, Answer extends EventDeclaration> {
  readonly number: number
  readonly since?: number
  readonly about: string
  readonly body: Declared
  readonly answer: Answer
  readonly same?: Readonly<Record<string, string>>
  misfit?(this: void, asked: ValuesOf<Declared>): Misfit | null
}

export function command<
  const Kind extends string,
  Declared extends Fields,
  Answer extends EventDeclaration,
>(kind: Kind, facts: CommandFacts<Declared, Answer>): CommandDeclaration<Kind, Declared, Answer> {
  const { number, since = 1, about, body, answer, same = {}, misfit = noMisfit } = facts
  return { kind, number, since, about, body, fields: { ...ASKED, ...body }, answer, same, misfit }
}

function noMisfit(): null {
  return null
}

/** The type that a declaration declares. */
export type MessageOf<Declared> = Declared extends {
  readonly kind: infer Kind
  readonly fields: infer Declares extends Fields
}
  ? Flat<{ readonly kind: Kind } & ValuesOf<Declares>>
  : never

/** What a declared event says to the caller of a batch. */
export type BriefOf<Declared> =
  Declared extends EventDeclaration<infer _Kind, infer Declares, infer Brief>
    ? Flat<Pick<ValuesOf<Declares>, Brief>>
    : never

type Flat<Type> = { [Name in keyof Type]: Type[Name] }
