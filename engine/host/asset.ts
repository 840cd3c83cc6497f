/** Files that lie beside the code and are not code: .lua and .sql. The build copies them to the same
 *  place under dist/, so the same call finds them there. */
import { fileURLToPath } from 'node:url'

/** The path of `name` as seen from the module at `importMetaUrl`. */
export function packageAsset(importMetaUrl: string, name: string): string {
  return fileURLToPath(new URL(name, importMetaUrl))
}
