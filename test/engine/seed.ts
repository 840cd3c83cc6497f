import fc from 'fast-check'

/** The seed of all random streams of this run: given as SEED=…, else new, and printed either way. */
export const SEED = Number(process.env['SEED'] ?? Date.now() % 0x7fff_ffff)
process.stdout.write(`SEED=${SEED}\n`)

/** Checks a property on `runs` random inputs. A failure is shrunk and tells the seed and the path. */
export function holds<Values extends [unknown, ...unknown[]]>(
  runs: number,
  property: fc.IProperty<Values>,
): void {
  fc.assert(property, { seed: SEED, numRuns: runs })
}
