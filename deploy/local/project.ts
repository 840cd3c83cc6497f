/** Where the project lies, found from this file whether it runs from its source or from dist/. */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const PROJECT_DIR = findProject(dirname(fileURLToPath(import.meta.url)))

/** A program of the house by its place under dist/: `engine` is dist/engine/main.js. */
export function programOf(role: string): string {
  return join(PROJECT_DIR, 'dist', role, 'main.js')
}

function findProject(from: string): string {
  if (existsSync(join(from, 'package.json'))) return from
  const above = dirname(from)
  if (above === from) throw new Error('no package.json above the launcher')
  return findProject(above)
}
