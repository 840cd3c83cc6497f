/** docs/reference.md, written from the declarations. */
import { COMMANDS, EVENTS, SCHEMA_VERSION } from '../../schema/index.ts'
import type { Field, Fields } from '../../schema/declare/field.ts'

/** The whole page. */
export function reference(): string {
  return [
    '# Commands and events',
    '',
    'Written from the declarations in `schema/`; a test keeps it in step (`npx vitest run -c test/vitest.config.ts',
    '--project=unit test/schema -u` writes it anew). This build writes schema version ' +
      `${SCHEMA_VERSION} and reads all from 1 on. A number is never changed and never given to another.`,
    '',
    '## Commands',
    '',
    'Every command has a `key`, an `accountId` and a `deadlineMs` (0 for none) before its own fields.',
    '',
    ...Object.values(COMMANDS).flatMap(({ kind, number, since, about, body, answer }) => [
      ...heading(kind, number, since),
      about,
      `Answered by \`${answer.kind}\`, or refused.`,
      '',
      ...fieldsTable(body),
    ]),
    '## Events',
    '',
    ...Object.values(EVENTS).flatMap(({ kind, number, since, about, fields, brief }) => [
      ...heading(kind, number, since),
      about,
      ...(brief.length === 0 ? [] : [`In a batch's answer: ${brief.map(code).join(', ')}.`]),
      '',
      ...fieldsTable(fields),
    ]),
  ].join('\n')
}

function heading(kind: string, number: number, since: number): string[] {
  return [`### ${number} ${kind}${since > 1 ? ` (since version ${since})` : ''}`, '']
}

function fieldsTable(fields: Fields): string[] {
  const rows = Object.entries(fields).map(([name, field]) => [
    code(name),
    field.kind,
    meaning(field),
  ])
  return ['| field | kind | meaning |', '|---|---|---|', ...rows.map(line), '']
}

function meaning({ about, since, until, form }: Field): string {
  const names = form.as === 'name' ? ` One of ${form.names.map(code).join(', ')}.` : ''
  const from = since === null ? '' : ` Since version ${since.version}.`
  const to = until === null ? '' : ` Gone in version ${until.version}.`
  return `${about}${names}${from}${to}`
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}

function code(word: string): string {
  return `\`${word}\``
}
