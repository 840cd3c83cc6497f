/** Between an answer and the few numbers by which it is remembered, made from the declarations.
 *
 *  A repeated command says everything again that it said before, so of its answer only what the engine
 *  added has to be kept: the answer's fields that the command does not have, in the order of their
 *  declaration. */
import { assert, COMMANDS, rejectCodeOf, REJECTS } from '../../schema/index.ts'
import type { Answer, Command, CommandKind, CommandOf, Done } from '../../schema/index.ts'
import type { CommandDeclaration } from '../../schema/declare/message.ts'
import { compile } from '../compile.ts'
import type { KeptAnswer } from './key-memory.ts'

const DONE = 0
const NO_MORE: readonly number[] = []

/** The answer to `command`, or why it was not carried out, as it is kept. */
export function packAnswer(command: Command, answer: Answer): KeptAnswer {
  if (answer.kind === 'Refused')
    return { code: REJECTS[answer.code].number, given: 0, givenToo: 0, more: NO_MORE }
  return pack(command, answer)
}

/** The answer that `command` got when it was first asked. */
export function unpackAnswer(command: Command, kept: KeptAnswer): Answer {
  const { accountId, key } = command
  if (kept.code === DONE) return unpack(command, kept)
  const code = rejectCodeOf(kept.code)
  assert(code !== null, 'a remembered refusal is in the table')
  return { kind: 'Refused', accountId, key, code }
}

/** The answer to a command that is carried out, from what the engine adds to what the command says, in the
 *  order of the answer's declaration. */
export function answerTo<Kind extends CommandKind>(
  command: CommandOf<Kind>,
  ...[given = 0, givenToo = 0, ...more]: readonly number[]
): Done<Kind> {
  return unpack(command, { code: DONE, given, givenToo, more }) as Done<Kind>
}

const DECLARED: readonly CommandDeclaration[] = Object.values(COMMANDS)

const pack = compile<(command: Command, answer: Done) => KeptAnswer>(
  `function pack(c, a) {
    switch (c.kind) {
      ${DECLARED.map(packCase).join('\n')}
      default: throw new Error(c.kind + ' is no command')
    }
  }`,
  { NO_MORE },
)

const unpack = compile<(command: Command, kept: KeptAnswer) => Done>(
  `function unpack(c, k) {
    switch (c.kind) {
      ${DECLARED.map(unpackCase).join('\n')}
      default: throw new Error(c.kind + ' is no command')
    }
  }`,
  {},
)

function packCase(declared: CommandDeclaration): string {
  const given = givenBy(declared).map((name) => `a.${name}`)
  const [first = '0', second = '0', ...more] = given
  return `case '${declared.kind}': return {
    code: ${DONE}, given: ${first}, givenToo: ${second},
    more: ${more.length === 0 ? 'NO_MORE' : `[${more.join(', ')}]`},
  }`
}

function unpackCase(declared: CommandDeclaration): string {
  const { kind, answer, same } = declared
  const given = givenBy(declared)
  const kept = (name: string): string => {
    const place = given.indexOf(name)
    if (place === -1) return `c.${same[name] ?? name}`
    return ['k.given', 'k.givenToo'][place] ?? `k.more[${place - 2}]`
  }
  const members = Object.keys(answer.fields).map((name) => `${name}: ${kept(name)}`)
  return `case '${kind}': return { kind: '${answer.kind}', ${members.join(', ')} }`
}

/** The names of the answer's fields that the command does not say. */
function givenBy({ kind, fields, answer, same }: CommandDeclaration): readonly string[] {
  const given = Object.keys(answer.fields).filter((name) => !((same[name] ?? name) in fields))
  for (const name of given)
    assert(answer.fields[name]?.form.as === 'whole', `${name}, which answers ${kind}, is a number`)
  return given
}
