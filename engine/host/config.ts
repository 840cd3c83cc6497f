/** Settings come from the environment, once, at the start. */
import type { z } from 'zod'
import { SetupFault } from './setup-fault.ts'

/** Reads the variables that `schema` names; an empty one counts as not set. Throws SetupFault that
 *  names every wrong variable in one line. */
export function readConfig<Schema extends z.ZodType>(
  schema: Schema,
  environment: NodeJS.ProcessEnv = process.env,
): z.output<Schema> {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  const result = schema.safeParse(given)
  if (result.success) return result.data
  const faults = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
  throw new SetupFault(`wrong settings: ${faults.join('; ')}`)
}
