/** Whoever changes a limit by which the engine answers has changed its rules. */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { RULES, RULING_LIMITS } from '../../engine/rules.ts'
import * as limits from '../../schema/limit.ts'

/** Of engine/, what only goes along with the core. */
const AROUND = /^(host|journal|replica|snapshot)\/|^(config|rules)\.ts$/

test('every limit that the core looks at is part of the rules', () => {
  const cwd = fileURLToPath(new URL('../../engine', import.meta.url))
  const files = readdirSync(cwd, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !AROUND.test(file),
  )
  const source = files.map((file) => readFileSync(`${cwd}/${file}`, 'utf8')).join('\n')
  const used = Object.keys(limits).filter((name) => new RegExp(`\\b${name}\\b`).test(source))
  expect(Object.keys(RULING_LIMITS).sort()).toEqual(used.sort())
})

test('these are the rules: another build with the same ones may run beside this one', () => {
  expect(RULES).toMatch(/^3-[0-9a-f]{16}$/)
})
