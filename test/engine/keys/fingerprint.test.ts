/** The fingerprint of a command is the same for ever: snapshots keep it. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createFingerprint, fingerprint } from '../../../engine/keys/fingerprint.ts'
import { packAnswer, unpackAnswer } from '../../../engine/keys/kept-answer.ts'
import { COMMANDS, keyFrom, PLAIN_BID, PLAIN_LISTING } from '../../../schema/index.ts'
import type { Answer, Command, CommandKind } from '../../../schema/index.ts'
import { added, count, minorUnits, oneOf } from '../../../schema/declare/field.ts'
import type { Fields } from '../../../schema/declare/field.ts'
import { command } from '../../../schema/declare/message.ts'
import { holds } from '../seed.ts'
import { messageOf, messagesOf } from '../../schema/arbitrary.ts'

const BY = { key: keyFrom(1, new Uint8Array(10)), accountId: 1, deadlineMs: 0 }
const printOf = (body: object): unknown => fingerprint({ ...BY, ...body } as unknown as Command)

test('a command has the fingerprint that it had in the first build', () => {
  const terms = {
    mode: 'uniform-auction',
    amountMinor: 1_000_000,
    ratePpm: 120_000,
    termMonths: 36,
    minBidMinor: 2_500,
    openMs: 60_000,
    grade: 'C',
    purpose: 'moving',
    ...PLAIN_LISTING,
  }
  expect([
    printOf({ kind: 'PlaceBid', listingId: 7, amountMinor: 50_000, ratePpm: 90_000, ...PLAIN_BID }),
    printOf({ kind: 'CancelBid', bidId: 9 }),
    printOf({ kind: 'Deposit', amountMinor: 2 ** 40 }),
    printOf({ kind: 'OpenListing', ...terms }),
  ]).toEqual([
    { high: -1985083467, low: 67706613 },
    { high: -961392536, low: 1544605036 },
    { high: -420750195, low: -1167248332 },
    { high: -633205223, low: 198987539 },
  ])
})

test('a fingerprint says all that is asked, and neither key nor deadline', () => {
  const commands = messagesOf<Command>(Object.values(COMMANDS))
  holds(
    500,
    fc.property(commands, commands, (one, other) => {
      const { key, deadlineMs } = other
      expect(fingerprint({ ...one, key, deadlineMs })).toEqual(fingerprint(one))
      const bodyOf = ({ key: _key, deadlineMs: _until, accountId: _who, ...body }: Command) => body
      const isSame = JSON.stringify(bodyOf(one)) === JSON.stringify(bodyOf(other))
      expect(JSON.stringify(fingerprint(one)) === JSON.stringify(fingerprint(other))).toBe(isSame)
    }),
  )
})

test('a field that came later counts only where it says something new', () => {
  const body = { amountMinor: minorUnits('How much.') }
  const more = { coats: added(2, count('How often.'), () => 1) }
  const print = printerOf(body)
  const printNow = printerOf({ ...body, ...more })
  const asked = { kind: 'Paint', amountMinor: 5 }
  expect(printNow({ ...asked, coats: 1 })).toEqual(print(asked))
  expect(printNow({ ...asked, coats: 2 })).not.toEqual(print(asked))
})

test('a list that outgrew its room keeps the fingerprints of its first names', () => {
  const names = ['red', 'green', 'blue', 'white'] as const
  const before = printerOf({ colour: oneOf('colour', names.slice(0, 2), 'Which.') })
  const now = printerOf({ colour: oneOf('colour', names, 'Which.', 2) })
  const asked = names.map((colour) => ({ kind: 'Paint', colour }))
  expect(asked.slice(0, 2).map(now)).toEqual(asked.slice(0, 2).map(before))
  expect(new Set(asked.map((one) => JSON.stringify(now(one)))).size).toBe(names.length)
})

test('more numbers than are hashed together all count', () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
  const print = printerOf(Object.fromEntries(names.map((name) => [name, minorUnits(name)])))
  const asked = { kind: 'Paint', ...Object.fromEntries(names.map((name) => [name, 1])) }
  const prints = [asked, ...names.map((name) => ({ ...asked, [name]: 2 }))].map(print)
  expect(new Set(prints.map((one) => JSON.stringify(one))).size).toBe(names.length + 1)
})

test('of an answer as much is kept as gives it back to whoever asks again', () => {
  for (const kind of Object.keys(COMMANDS) as CommandKind[]) {
    const declared = COMMANDS[kind]
    holds(
      100,
      fc.property(
        messageOf<Command>(declared),
        messageOf<Answer>(declared.answer),
        (asked, given) => {
          const answer = answerTo(asked, given, declared.same)
          expect(unpackAnswer(asked, packAnswer(asked, answer))).toEqual(answer)
        },
      ),
    )
  }
})

/** The answer as the engine would give it: what the command says, it says too. */
function answerTo(asked: Command, given: Answer, same: Readonly<Record<string, string>>): Answer {
  const said = asked as unknown as Readonly<Record<string, unknown>>
  const answer: Record<string, unknown> = { ...given }
  for (const name of Object.keys(given)) {
    const source = same[name] ?? name
    if (name !== 'kind' && source in said) answer[name] = said[source]
  }
  return answer as unknown as Answer
}

function printerOf(body: Fields): (asked: object) => unknown {
  const declared = command('Paint', {
    number: 1,
    about: 'For this test.',
    body,
    answer: COMMANDS.Deposit.answer,
  })
  const print = createFingerprint<object>([declared])
  return (asked) => print(asked)
}
