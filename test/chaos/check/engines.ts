/** Every engine that runs has come to the end of the journal. That it came to the same digest there it
 *  has proved itself: one that differs dies of it, and a part that has died is told by the trial. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Market } from '../../../deploy/local/index.ts'
import type { JournalEnd } from '../journal-end.ts'
import type { Findings } from './violation.ts'

const LOOK_EVERY_MS = 20

export async function checkEngines(
  market: Market,
  { tip }: JournalEnd,
  findings: Findings,
  patienceMs: number,
): Promise<void> {
  const deadline = Date.now() + patienceMs
  for (const name of market.names.filter((name) => name.startsWith('engine-'))) {
    let sequence = await sequenceOf(market, name)
    while (sequence !== tip.sequence && Date.now() < deadline) {
      await wait(LOOK_EVERY_MS)
      sequence = await sequenceOf(market, name)
    }
    findings.expect(
      sequence === tip.sequence,
      'stuck',
      () => `${name} stands at ${sequence}, the journal at ${tip.sequence}`,
    )
  }
}

async function sequenceOf(market: Market, name: string): Promise<number> {
  const port = market.running(name).said?.opsPort
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
  return Number(/^lendbook_engine_sequence(?:\{[^}]*\})? (\d+)$/m.exec(metrics)?.[1])
}
