/** Which programs make a market, and what each is told. One place for the launcher, tests and benches:
 *  a new setting of a role is passed on here. */
import type { Role } from './processes.ts'

export interface Urls {
  readonly databaseUrl: string
  readonly journalUrl: string
  readonly queueUrl: string
}

export interface RoleSpec {
  readonly role: Role
  /** Its name among its siblings: `engine-1`. */
  readonly name: string
  readonly env: NodeJS.ProcessEnv
}

export interface MarketShape {
  /** Any number may run side by side. */
  readonly engines: number
  readonly gatewayPorts: readonly number[]
  readonly settlements: number
  readonly workers: number
}

/** The programs in the order in which they are started; they are stopped the other way round. */
export function planRoles(
  shape: MarketShape,
  urls: Urls,
  shared: NodeJS.ProcessEnv,
): readonly RoleSpec[] {
  const env = {
    ...shared,
    DATABASE_URL: urls.databaseUrl,
    JOURNAL_REDIS_URL: urls.journalUrl,
    QUEUE_REDIS_URL: urls.queueUrl,
    // Each takes a free port for /livez, /readyz and /metrics, and says which.
    OPS_PORT: '0',
  }
  const plain = (role: Role, name: string): RoleSpec => ({ role, name, env })
  return [
    ...numbered(shape.engines, (n) => plain('engine', `engine-${n}`)),
    ...numbered(shape.settlements, (n) => plain('workers/settlement', `settlement-${n}`)),
    ...numbered(shape.workers, (n) => plain('workers', `workers-${n}`)),
    ...shape.gatewayPorts.map((port, index) => ({
      role: 'gateway' as const,
      name: `gateway-${index + 1}`,
      env: { ...env, PORT: String(port) },
    })),
  ]
}

function numbered<Made>(count: number, make: (n: number) => Made): Made[] {
  return Array.from({ length: count }, (_, index) => make(index + 1))
}
