/** The migrations that this build knows, in order: schema/migration/NNNN-name.sql.
 *
 *  One that only adds begins with the line `-- accepts: N`: programs of schema version N and later go on
 *  working on the database that it leaves. So it can be applied while they run, and they are replaced one
 *  after the other. Without the line every program has to be stopped before. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { assert } from '../../schema/unit.ts'
import { packageAsset } from './asset.ts'

export interface Migration {
  readonly number: number
  readonly name: string
  readonly path: string
}

/** Numbered 1, 2, 3… without a gap. */
export function listMigrations(): readonly Migration[] {
  const folder = packageAsset(import.meta.url, '../../schema/migration')
  const files = readdirSync(folder).filter((file) => file.endsWith('.sql'))
  return files.sort().map((file, index) => {
    const match = /^(\d{4})-([a-z0-9-]+)\.sql$/.exec(file)
    assert(match !== null && Number(match[1]) === index + 1, `${file} is out of order`)
    return { number: index + 1, name: match[2] ?? '', path: join(folder, file) }
  })
}

/** The oldest schema version whose programs work on what the migration leaves; its own when it does not
 *  say. */
export function acceptedBy({ number, path }: Migration): number {
  const [head = ''] = readFileSync(path, 'utf8').split('\n', 1)
  const accepts = Number(/^-- accepts: ([1-9]\d*)$/.exec(head)?.[1] ?? number)
  assert(accepts <= number, `migration ${number} accepts programs that do not exist yet`)
  return accepts
}
