/** The seed of a kill test, so that a run that found something can be asked for again by `CHAOS_SEED=…`.
 *  The processes and the clock are real: a seed repeats what was done, not every interleaving. */
import { Random } from '../../deploy/random.ts'

/** `CHAOS_SEED`, or a new one. Printed, so that it can be given back. */
export function chaosRandom(of: string): Random {
  const seed = Number(process.env['CHAOS_SEED'] ?? Date.now() % 2 ** 31)
  process.stdout.write(`${of}: CHAOS_SEED=${seed}\n`)
  return new Random(seed)
}
