/** `npm run bench -- <subject> [--json]`: runs one subject alone and prints what it measured. */
import { cpus, loadavg, release } from 'node:os'
import type { BenchResult } from './result.ts'

const SUBJECTS: Record<string, () => Promise<{ run: () => Promise<BenchResult> }>> = {
  match: () => import('./match/main.ts'),
  codec: () => import('./codec/main.ts'),
  pipeline: () => import('./pipeline/main.ts'),
  settlement: () => import('./settlement/main.ts'),
  http: () => import('./http/main.ts'),
  recovery: () => import('./recovery/main.ts'),
  hostile: () => import('./hostile/main.ts'),
  web: () => import('./web/main.ts'),
}

async function main(): Promise<number> {
  const names = process.argv.slice(2).filter((word) => !word.startsWith('--'))
  const load = names.length === 1 ? SUBJECTS[names[0] ?? ''] : undefined
  if (load === undefined) {
    process.stderr.write(
      `name one subject: npm run bench -- ${Object.keys(SUBJECTS).join(' | ')} [--json]\n`,
    )
    return 2
  }
  const before = loadavg()[0] ?? 0
  const { run } = await load()
  const result = await run()
  print(result, before)
  return 0
}

function print(result: BenchResult, loadBefore: number): void {
  const lines = [
    '',
    `${result.subject} · ${machine()} · load average before ${loadBefore.toFixed(2)}`,
    '',
    ...columns(result.table),
    '',
    ...result.notes,
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
  if (process.argv.includes('--json'))
    process.stdout.write(`${JSON.stringify({ subject: result.subject, ...result.json })}\n`)
}

function machine(): string {
  const all = cpus()
  return `${all.length} × ${all[0]?.model.trim() ?? 'unknown'} · Linux ${release()} · Node ${process.version}`
}

/** The first column to the left, figures to the right. */
function columns(table: BenchResult['table']): string[] {
  const widths = (table[0] ?? []).map((_, column) =>
    Math.max(...table.map((row) => (row[column] ?? '').length)),
  )
  return table.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  )
}

process.exitCode = await main()
