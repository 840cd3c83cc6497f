/** How many passwords somebody gets to guess, and that the owner gets in meanwhile. */
import { expect, test } from 'vitest'
import { networkOf } from '../../gateway/person/network.ts'
import { PasswordQueue } from '../../gateway/person/password-queue.ts'
import { SignInGuard } from '../../gateway/person/sign-in-guard.ts'
import type { Trier, Try } from '../../gateway/person/sign-in-guard.ts'
import { Refusal } from '../../gateway/refusal.ts'
import {
  PASSWORDS_IN_FLIGHT_MAX,
  PASSWORDS_WAITING_MAX,
  PASSWORDS_WAITING_PER_NETWORK_MAX,
  SIGN_IN_BUDGETS_KEPT_MAX,
  SIGN_IN_IN_FLIGHT_RETRY_MS,
  SIGN_INS_BY_NETWORK,
  SIGN_INS_FIRST,
  SIGN_INS_FROM_UNKNOWN,
  SIGN_INS_MORE,
} from '../../schema/index.ts'

const AT_ONCE = SIGN_INS_FIRST.burst + SIGN_INS_MORE.burst
const DAY_MS = 24 * 60 * 60_000

class Door {
  nowMs = 0
  readonly guard = new SignInGuard(() => this.nowMs)

  try(more: Partial<Trier> = {}): Try | { readonly retryAfterMs: number } {
    return this.guard.take({ email: 'owner@b.example', network: 'a', device: null, ...more })
  }

  /** True when the password was looked at, and wrong. */
  guess(more: Partial<Trier> = {}): boolean {
    const attempt = this.try(more)
    if ('retryAfterMs' in attempt) return false
    attempt.settle()
    return true
  }
}

test('of guesses in parallel as many are looked at as of guesses one after the other', () => {
  const door = new Door()
  const tries = Array.from({ length: 60 }, () => door.try())
  expect(tries.filter((attempt) => 'settle' in attempt)).toHaveLength(AT_ONCE)
  const refused = tries.at(-1) as { retryAfterMs: number }
  expect(refused.retryAfterMs).toBe(SIGN_IN_IN_FLIGHT_RETRY_MS)
})

test('what was right, or never looked at, is given back once', () => {
  const door = new Door()
  for (let n = 0; n < 100; n++) {
    const attempt = door.try()
    if ('retryAfterMs' in attempt) throw new Error('refused')
    attempt.giveBack()
    attempt.giveBack()
    attempt.settle()
  }
  for (let n = 0; n < AT_ONCE; n++) expect(door.guess()).toBe(true)
  expect(door.guess()).toBe(false)
})

test('whoever guesses from one network gets about a hundred guesses a day', () => {
  const door = new Door()
  let guesses = 0
  for (door.nowMs = 0; door.nowMs < DAY_MS; door.nowMs += 10_000) if (door.guess()) guesses++
  expect(guesses).toBeGreaterThan(90)
  expect(guesses).toBeLessThanOrEqual(AT_ONCE + 3 + 96)
})

test('however many networks guess, the owner gets in from a known device, and from a new one elsewhere', () => {
  const door = new Door()
  for (let network = 0; network < 2_000; network++)
    for (let n = 0; n < 10; n++) door.guess({ network: `n${network}` })
  expect(door.try({ network: 'home' })).toHaveProperty('giveBack')
  expect(door.try({ network: 'n1', device: 'known' })).toHaveProperty('giveBack')
})

test('many networks together get their first guesses and what all unknown ones have', () => {
  const door = new Door()
  let guesses = 0
  for (door.nowMs = 0; door.nowMs < DAY_MS; door.nowMs += 60_000)
    for (let network = 0; network < 100; network++)
      if (door.guess({ network: `n${network}`, email: 'OWNER@b.example' })) guesses++
  const perDay = DAY_MS / SIGN_INS_FROM_UNKNOWN.everyMs
  expect(guesses).toBeLessThanOrEqual(100 * 6 + SIGN_INS_FROM_UNKNOWN.burst + perDay)
})

test('a network that tries many addresses is slowed, and who has signed in there before is not', () => {
  const door = new Door()
  let guesses = 0
  for (let n = 0; n < 200; n++) if (door.guess({ email: `${n}@b.example` })) guesses++
  expect(guesses).toBe(SIGN_INS_BY_NETWORK.burst)
  expect(door.try({ email: 'neighbour@b.example', device: 'known' })).toHaveProperty('giveBack')
  expect(door.try({ email: 'neighbour@b.example', network: 'b' })).toHaveProperty('giveBack')
})

test('a stolen device is slowed too', () => {
  const door = new Door()
  let guesses = 0
  for (let n = 0; n < 100; n++) if (door.guess({ device: 'stolen' })) guesses++
  expect(guesses).toBe(10)
})

test('people who share a device do not take tries from each other', () => {
  const door = new Door()
  while (door.guess({ device: 'shared' }));
  expect(door.try({ device: 'shared', email: 'partner@b.example' })).toHaveProperty('giveBack')
})

test('a network that has nothing left makes up names, and nobody is remembered less for it', () => {
  const door = new Door()
  while (door.guess());
  while (door.guess({ network: 'elsewhere' }));
  for (let n = 0; n < 2 * SIGN_IN_BUDGETS_KEPT_MAX; n++)
    door.guess({ network: 'flood', email: `${n}@made.up` })
  expect(door.guess()).toBe(false)
  expect(door.guess({ network: 'elsewhere' })).toBe(false)
})

test('what is remembered is bounded', () => {
  const door = new Door()
  while (door.guess());
  for (let n = 0; n < SIGN_IN_BUDGETS_KEPT_MAX - 1; n++)
    door.guess({ network: `n${n}`, email: `${n}@b.example` })
  expect(door.guess()).toBe(false)
  for (let n = 0; n < SIGN_IN_BUDGETS_KEPT_MAX; n++)
    door.guess({ network: `m${n}`, email: `${n}@c.example` })
  expect(door.guess()).toBe(true)
})

test('a household of version 6 is one network, addresses of version 4 are one each', () => {
  expect(networkOf('2001:0db8:0001:0002:aaaa:0000:0000:0001')).toBe(
    networkOf('2001:0db8:0001:0002:bbbb:0000:0000:0002'),
  )
  expect(networkOf('2001:0db8:0001:0002:0000:0000:0000:0001')).not.toBe(
    networkOf('2001:0db8:0001:0003:0000:0000:0000:0001'),
  )
  expect(networkOf('0000:0000:0000:0000:0000:ffff:7f00:0001')).not.toBe(
    networkOf('0000:0000:0000:0000:0000:ffff:7f00:0002'),
  )
  expect(networkOf('127.0.0.1')).toBe('127.0.0.1')
})

// ── Whose turn it is to have a password hashed ──────────────────────────────────────────────────

class Hashing {
  readonly queue = new PasswordQueue()
  readonly begun: string[] = []
  readonly refused: string[] = []
  readonly #finish: (() => void)[] = []

  ask(network: string, count = 1): void {
    for (let n = 0; n < count; n++)
      this.queue
        .run(network, () => {
          this.begun.push(network)
          return new Promise<void>((finish) => this.#finish.push(finish))
        })
        .catch((error: unknown) => {
          if (!(error instanceof Refusal)) throw error
          this.refused.push(network)
        })
  }

  async finish(count = 1): Promise<void> {
    for (let n = 0; n < count; n++) {
      this.#finish.shift()?.()
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
}

test('only so many are hashed at once', async () => {
  const hashing = new Hashing()
  hashing.ask('a', 20)
  await hashing.finish(0)
  expect(hashing.begun).toHaveLength(PASSWORDS_IN_FLIGHT_MAX)
  await hashing.finish(20)
  expect(hashing.begun).toHaveLength(20)
  expect(hashing.queue.waiting).toBe(0)
  hashing.ask('a', PASSWORDS_IN_FLIGHT_MAX + 1)
  expect(hashing.begun).toHaveLength(20 + PASSWORDS_IN_FLIGHT_MAX)
})

test('a person elsewhere is served in turn, though eighty wait at one network', async () => {
  const hashing = new Hashing()
  hashing.ask('crowd', 80)
  hashing.ask('home')
  await hashing.finish(2)
  expect(hashing.begun).toContain('home')
  expect(hashing.refused).toHaveLength(
    80 - PASSWORDS_IN_FLIGHT_MAX - PASSWORDS_WAITING_PER_NETWORK_MAX,
  )
  expect(hashing.refused).not.toContain('home')
})

test('when all places are taken, a newcomer takes one of the network that has most', async () => {
  const hashing = new Hashing()
  const networks = PASSWORDS_WAITING_MAX / PASSWORDS_WAITING_PER_NETWORK_MAX
  hashing.ask('first', PASSWORDS_IN_FLIGHT_MAX)
  for (let n = 0; n < networks; n++) hashing.ask(`n${n}`, PASSWORDS_WAITING_PER_NETWORK_MAX)
  expect(hashing.queue.waiting).toBe(PASSWORDS_WAITING_MAX)
  hashing.ask('home')
  await hashing.finish(networks + 1)
  expect(hashing.begun).toContain('home')
  expect(hashing.refused).toHaveLength(1)
})
