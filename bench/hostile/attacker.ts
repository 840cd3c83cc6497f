/** A process of its own: `attacker.js <attack> <target as JSON>`. Ends with its standard input, and says then how much
 *  it has sent. */
import { setPriority } from 'node:os'
import { ATTACKS } from './attacks.ts'
import type { AttackName, Tally, Target } from './attacks.ts'

/** It stands for another machine, which would take nothing from the cores of this one. */
setPriority(19)

const [, , name = '', target = '{}'] = process.argv
const tally: Tally = { sent: 0 }
process.stdin
  .on('end', () => process.stdout.write(`${tally.sent}\n`, () => process.exit()))
  .resume()
await ATTACKS[name as AttackName](JSON.parse(target) as Target, tally)
