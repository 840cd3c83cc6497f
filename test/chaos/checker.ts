/** Says what is wrong with a market after its faults: everything the test's own ledger and the records
 *  can be asked, in one report. */
import { setTimeout } from 'node:timers/promises'
import { HttpClient, RequestRefused } from '../../gateway/client/node.ts'
import { connectPostgres, messageOf } from '../../engine/host/index.ts'
import type { Market } from '../../deploy/local/index.ts'
import { checkLedger } from '../../workers/settlement/check-ledger.ts'
import { isSame, promised, saidWhole } from './attempt.ts'
import type { Attempt } from './attempt.ts'
import { checkAnswers } from './check/answers.ts'
import { checkBooks } from './check/books.ts'
import { checkChain } from './check/chain.ts'
import { checkEngines } from './check/engines.ts'
import { checkMoney } from './check/money.ts'
import { checkReplay } from './check/replay.ts'
import { checkRows } from './check/rows.ts'
import { checkSchedules } from './check/schedules.ts'
import { checkOnlooker, checkViews } from './check/views.ts'
import { Findings } from './check/violation.ts'
import type { Violation, ViolationClass } from './check/violation.ts'
import { eventsOf, readEvidence } from './evidence.ts'
import { readJournal } from './journal-end.ts'
import { tally } from './load.ts'
import type { Investor, Load } from './load.ts'
import { untilAtRest } from './rest.ts'

export interface Report {
  readonly violations: readonly Violation[]
  /** The classes that were found, each once. */
  readonly classes: readonly ViolationClass[]
  readonly answered: number
  readonly unknown: number
  readonly turnedAway: Readonly<Record<string, number>>
  readonly entries: number
  readonly duplicates: number
  readonly bids: number
  readonly amendments: number
  readonly withdrawn: number
  readonly loans: number
}

/** A market that has not moved for so long is stuck, also on a busy machine. */
const PATIENCE_MS = 10_000
const OUTCOMES_ASKED = 60
/** Settlement that has not come to the end of a market at rest by then is stuck. */
const PENDING_ASKED_MAX = 10

/** Lets every caller hear, waits for rest, and checks. */
export async function checkMarket(
  market: Market,
  load: Load,
  patienceMs = PATIENCE_MS,
): Promise<Report> {
  await load.settle()
  const rest = await untilAtRest(market, patienceMs)
  const findings = new Findings()
  findings.expect(rest.isResting, 'stuck', () => `did not come to rest: ${rest.where}`)
  const evidence = await readEvidence(market.databaseUrl)
  const journal = await readJournal(market.journalUrl)
  checkAnswers(evidence, load.ledger, findings)
  checkMoney(evidence, load.ledger, findings)
  checkBooks(evidence, findings)
  checkRows(evidence, findings)
  checkChain(evidence, journal, findings)
  checkSchedules(evidence, findings)
  await orFinding('replay', findings, () => checkReplay(evidence, findings))
  await orFinding('ledger', findings, () => checkInvariants(market.databaseUrl, findings))
  if (rest.isResting) {
    await orFinding('stale-view', findings, () =>
      checkViews(evidence, load.investors, findings, patienceMs / 4),
    )
    const { onlooker } = load
    if (onlooker !== null)
      await orFinding('stale-view', findings, () =>
        checkOnlooker(evidence, onlooker, findings, patienceMs / 4),
      )
    await orFinding('stuck', findings, () =>
      checkEngines(market, journal, findings, patienceMs / 4),
    )
  }
  await orFinding('stuck', findings, () => askOutcomes(market, load, findings))
  return {
    violations: findings.found,
    classes: [...new Set(findings.found.map((violation) => violation.class))],
    ...tally(load.ledger),
    turnedAway: Object.fromEntries(load.turnedAway),
    entries: evidence.entries.length,
    duplicates: evidence.entries.filter(({ isDuplicate }) => isDuplicate).length,
    bids: evidence.bid.length,
    amendments: [...eventsOf(evidence)].filter(({ kind }) => kind === 'BidAmended').length,
    withdrawn: evidence.listing.filter(({ status }) => status === 'withdrawn').length,
    loans: evidence.loan.length,
  }
}

/** For what a broken market may make impossible: not even to be looked at is a finding too. */
async function orFinding(
  kind: ViolationClass,
  findings: Findings,
  look: () => void | Promise<void>,
): Promise<void> {
  try {
    await look()
  } catch (error) {
    findings.add(kind, messageOf(error))
  }
}

/** The ledger's own proof, the one that runs beside a working market. */
async function checkInvariants(databaseUrl: string, findings: Findings): Promise<void> {
  const postgres = await connectPostgres({ url: databaseUrl, max: 1 })
  try {
    for (const { invariant, holds, detail } of await checkLedger(postgres.pool))
      findings.expect(holds, 'ledger', () => `${invariant}: ${detail}`)
  } finally {
    await postgres.close()
  }
}

/** What a caller with an unanswered command would do: ask for its outcome over the public door. */
async function askOutcomes(market: Market, load: Load, findings: Findings): Promise<void> {
  const attempts = [...load.ledger.all()]
  const step = Math.max(1, Math.floor(attempts.length / OUTCOMES_ASKED))
  const people = new Map(load.investors.map((investor) => [investor.accountId, investor]))
  for (let place = 0; place < attempts.length; place += step) {
    const attempt = attempts[place]
    const investor = attempt === undefined ? undefined : people.get(attempt.accountId)
    if (attempt === undefined || investor === undefined) continue
    await askOutcome(market.baseUrl, investor, attempt, findings)
  }
}

async function askOutcome(
  baseUrl: string,
  { token }: Investor,
  attempt: Attempt,
  findings: Findings,
): Promise<void> {
  const said = promised(attempt)
  const { key } = attempt
  try {
    const http = new HttpClient({ baseUrl, token })
    const { answer } = await whenSettled(() =>
      http.ask('GET /v1/outcomes/{key}', { path: { key } }),
    )
    findings.expect(
      said === null || isSame(said, saidWhole(answer)),
      'wrong-answer',
      () => `${key} heard ${JSON.stringify(said)}, its outcome is ${JSON.stringify(answer)}`,
    )
  } catch (error) {
    if (!(error instanceof RequestRefused) || error.code !== 'outcome-unknown') throw error
    findings.expect(said === null, 'lost', () => `${key} has no outcome, it was answered`)
  }
}

/** Asks again for as long as the answer is `outcome-pending`: the market is at rest, so settlement gets there. */
export async function whenSettled<Reply>(
  ask: () => Promise<Reply>,
  wait: (ms: number) => Promise<unknown> = setTimeout,
): Promise<Reply> {
  for (let asked = 1; ; asked++) {
    try {
      return await ask()
    } catch (error) {
      const isPending = error instanceof RequestRefused && error.code === 'outcome-pending'
      if (!isPending || asked === PENDING_ASKED_MAX) throw error
      await wait(error.reject.retryAfterMs ?? PATIENCE_MS / PENDING_ASKED_MAX)
    }
  }
}

/** One line for the log of a test. */
export function summary(report: Report): string {
  const { violations, classes, ...counts } = report
  const shown = violations
    .slice(0, 8)
    .map((violation) => `\n  ${violation.class}: ${violation.what}`)
  return `${JSON.stringify(counts)}, ${violations.length} violations ${classes.join(' ')}${shown.join('')}`
}
