/** Passwords are kept as argon2id with the least parameters OWASP recommends (Password Storage Cheat
 *  Sheet: 19 MiB of memory, 2 passes, 1 lane). */
import { hash, verify } from '@node-rs/argon2'
import type { Options } from '@node-rs/argon2'
import { PasswordQueue } from './password-queue.ts'

const MEMORY_KIB = 19_456
const PASSES = 2
const LANES = 1
/** Argon2id is what the package does when nothing else is said; a test looks at the stored form. */
const OPTIONS: Options = {
  memoryCost: MEMORY_KIB,
  timeCost: PASSES,
  parallelism: LANES,
}

/** One for the process: what is bounded is its memory and its threads. */
const queue = new PasswordQueue()
let decoy: Promise<string> | null = null

/** @param network who asks, see `networkOf` @throws {Refusal} busy */
export function hashPassword(password: string, network: string): Promise<string> {
  return queue.run(network, () => hash(password, OPTIONS))
}

/** False for a wrong password, and for nobody (`null`) after the same time, so that the time it takes
 *  does not tell whether there is such a person. @throws {Refusal} busy */
export function checkPassword(
  password: string,
  storedHash: string | null,
  network: string,
): Promise<boolean> {
  return queue.run(network, async () => {
    const against = storedHash ?? (await (decoy ??= hash('nobody has this password', OPTIONS)))
    const isRight = await verify(against, password)
    return isRight && storedHash !== null
  })
}
