/** The migrations that this build knows, in order: schema/migration/NNNN-name.sql. */
import { readdirSync } from 'node:fs'
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
