/** Makes guessing passwords slow, and lets the owner in meanwhile.
 *
 *  A try is taken from budgets before its password is looked at, and given back when it was right or could not
 *  be looked at: so tries in parallel are as many as tries one after the other. Which budgets it is taken from
 *  depends on how well we know who tries:
 *
 *  - **A device from which this person has signed in before** (it tells a secret that it has made up) has a budget of
 *    its own with this person and touches no other. Whatever others guess, from wherever, its owner gets in.
 *  - **Everybody else** pays for the network (all e-mail addresses together), and then from what this network
 *    has for this e-mail address: a few first tries, which nothing that happens elsewhere takes away, so that an
 *    owner with a new device gets in too; after them more, slowly, which are taken from what all unknown
 *    networks together have for the address as well.
 *
 *  So in a day, for one e-mail address: from one network `FIRST` 3 + 3 and `MORE` 2 + 96, some 100 guesses; from n networks
 *  together 6 n + 20 + 1,440. From one network, for all addresses: 50 + 8,640. With a stolen device:
 *  10 + 1,440. A password of ten characters that is not in the first ten thousand of a list holds for years.
 *
 *  What nobody can do any more: a network without a budget is closed to those who come from it with an unknown
 *  device only, and an address that is attacked to nobody who has signed in before.
 *
 *  Budgets are remembered, and their number is bounded. So each is paid in the order told here, and the next one is
 *  looked up only by who has paid the one before: a network that has nothing left makes up no more names, and what
 *  it had made up before pushes out nobody's budget.
 *
 *  Counted in each gateway's memory, and forgotten with it: of g gateways a guesser has g times as many. */
import {
  SIGN_IN_BUDGETS_KEPT_MAX,
  SIGN_IN_IN_FLIGHT_RETRY_MS,
  SIGN_INS_BY_DEVICE,
  SIGN_INS_BY_NETWORK,
  SIGN_INS_FIRST,
  SIGN_INS_FROM_UNKNOWN,
  SIGN_INS_MORE,
} from '../../schema/index.ts'
import { TokenBucket } from '../admit/token-bucket.ts'

/** Who tries. */
export interface Trier {
  readonly email: string
  readonly network: string
  /** Its hash, when the person has signed in from it before; null otherwise. */
  readonly device: string | null
}

/** A try that counts until it is given back. */
export interface Try {
  /** It was right, or nobody has looked at it. */
  giveBack(): void
  /** It was looked at, whatever came of it. */
  settle(): void
}

export class SignInGuard {
  readonly #now: () => number
  readonly #devices = new Budgets(SIGN_INS_BY_DEVICE)
  readonly #networks = new Budgets(SIGN_INS_BY_NETWORK)
  readonly #firsts = new Budgets(SIGN_INS_FIRST)
  readonly #mores = new Budgets(SIGN_INS_MORE)
  readonly #unknown = new Budgets(SIGN_INS_FROM_UNKNOWN)
  /** Tries that are being looked at, by e-mail address: what they hold may come back at once. */
  readonly #inFlight = new Map<string, number>()

  constructor(now: () => number) {
    this.#now = now
  }

  /** Takes a try, or says how long to wait for one. */
  take({ email, network, device }: Trier): Try | { readonly retryAfterMs: number } {
    const name = email.toLowerCase()
    const pair = `${network} ${name}`
    const choices =
      device === null
        ? [
            [this.#networks.of(network), this.#firsts.of(pair)],
            [this.#networks.of(network), this.#mores.of(pair), this.#unknown.of(name)],
          ]
        : [[this.#devices.of(`${device} ${name}`)]]
    let retryAfterMs = Infinity
    for (const payments of choices) {
      const paid = payInOrder(payments, this.#now())
      if (typeof paid !== 'number') return this.#under(name, paid)
      retryAfterMs = Math.min(retryAfterMs, paid)
    }
    const mayComeBack = this.#inFlight.has(name)
    return {
      retryAfterMs: mayComeBack ? Math.min(retryAfterMs, SIGN_IN_IN_FLIGHT_RETRY_MS) : retryAfterMs,
    }
  }

  #under(name: string, budgets: readonly TokenBucket[]): Try {
    this.#inFlight.set(name, (this.#inFlight.get(name) ?? 0) + 1)
    let isOpen = true
    const settle = (): void => {
      if (!isOpen) return
      isOpen = false
      const left = (this.#inFlight.get(name) ?? 1) - 1
      if (left === 0) this.#inFlight.delete(name)
      else this.#inFlight.set(name, left)
    }
    const giveBack = (): void => {
      if (!isOpen) return
      settle()
      for (const budget of budgets) budget.giveBack(1)
    }
    return { giveBack, settle }
  }
}

/** Looks a budget up, and makes it when there is none. */
type Payment = () => TokenBucket

/** One of each or none. @returns what was paid from, or how long until the first that had none has one */
function payInOrder(payments: readonly Payment[], now: number): readonly TokenBucket[] | number {
  const paid: TokenBucket[] = []
  for (const budgetOf of payments) {
    const budget = budgetOf()
    const waitMs = budget.take(1, now)
    if (waitMs > 0) {
      for (const earlier of paid) earlier.giveBack(1)
      return waitMs
    }
    paid.push(budget)
  }
  return paid
}

/** Budgets of one kind. A full one is as good as new; when too many are not, the one longest unused goes. */
class Budgets {
  readonly #size: { readonly perSecond: number; readonly burst: number }
  readonly #buckets = new Map<string, TokenBucket>()

  constructor({ burst, everyMs }: { readonly burst: number; readonly everyMs: number }) {
    this.#size = { burst, perSecond: 1_000 / everyMs }
  }

  of(name: string): Payment {
    return () => this.#use(name)
  }

  #use(name: string): TokenBucket {
    const bucket = this.#buckets.get(name) ?? new TokenBucket(this.#size, 0)
    this.#buckets.delete(name)
    this.#buckets.set(name, bucket)
    if (this.#buckets.size > SIGN_IN_BUDGETS_KEPT_MAX) {
      const oldest = this.#buckets.keys().next()
      if (oldest.done !== true) this.#buckets.delete(oldest.value)
    }
    return bucket
  }
}
