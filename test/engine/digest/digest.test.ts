import fc from 'fast-check'
import { expect, test } from 'vitest'
import { accountTerm, bidTerm, DigestSum, listingTerm } from '../../../engine/index.ts'
import { accountId, bidId, listingId } from '../../../schema/index.ts'
import { holds } from '../seed.ts'

const id = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER })
const amount = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })

test('an empty market and an account without cash have nothing to tell', () => {
  const sum = new DigestSum()
  sum.add(accountTerm(accountId(7), 0, 0))
  expect(sum.hex()).toBe('0000000000000000')
})

test('the digest of known facts never changes: it is stored with every entry', () => {
  const sum = new DigestSum()
  sum.add(accountTerm(accountId(1), 100_000, 250))
  sum.add(bidTerm(bidId(3), listingId(2), accountId(1), 250, 120_000))
  sum.add(listingTerm(listingId(2), 250, 1))
  sum.add(accountTerm(accountId(2 ** 40), Number.MAX_SAFE_INTEGER, 2 ** 33))
  expect(sum.hex()).toBe('9eb5c0d9be18258c')
})

test('the order does not matter, what is taken out leaves no trace, and a digest can go on', () => {
  holds(
    300,
    fc.property(fc.array(fc.tuple(id, amount, amount)), fc.nat(), (facts, choice) => {
      const terms = facts.map(([who, available, held]) =>
        accountTerm(accountId(who), available, held),
      )
      const [there, back] = [new DigestSum(), new DigestSum()]
      for (const term of terms) there.add(term)
      for (const term of terms.toReversed()) back.add(term)
      expect(back.hex()).toBe(there.hex())
      const cut = terms.slice(choice % (terms.length + 1))
      const resumed = DigestSum.from(there.hex())
      for (const term of cut) resumed.remove(term)
      for (const term of cut) resumed.add(term)
      expect(resumed.hex()).toBe(there.hex())
    }),
  )
})

test('one cent more, another owner or a swap of two numbers gives another term', () => {
  holds(
    300,
    fc.property(id, amount, amount, (who, available, held) => {
      const owner = accountId(who)
      const term = hex(accountTerm(owner, available, held))
      fc.pre(available > 0 && available !== held)
      expect(hex(accountTerm(owner, available - 1, held))).not.toBe(term)
      expect(hex(accountTerm(owner, held, available))).not.toBe(term)
      expect(hex(listingTerm(listingId(who), available, held))).not.toBe(term)
    }),
  )
})

function hex(term: ReturnType<typeof accountTerm>): string {
  const sum = new DigestSum()
  sum.add(term)
  return sum.hex()
}
