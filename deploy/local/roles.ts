/** Which programs make a market, and what each is told. One place for the launcher, tests and benches:
 *  a new setting of a role is passed on here. */
import type { Role } from './processes.ts'
import type { JournalUser, QueueUser } from './redis-user.ts'

export interface Urls {
  readonly databaseUrl: string
  /** As its admin; so for the queue. */
  readonly journalUrl: string
  readonly queueUrl: string
  /** As one of its users, who can do what that role needs. A server that was given is the same for all. */
  readonly journalAs: (user: JournalUser) => string
  readonly queueAs: (user: QueueUser) => string
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
  // Each takes a free port for /livez, /readyz and /metrics, and says which.
  const env = { ...withoutServers(shared), OPS_PORT: '0' }
  const DATABASE_URL = urls.databaseUrl
  const engineEnv = { ...env, JOURNAL_REDIS_URL: urls.journalAs('engine') }
  const settlementEnv = {
    ...env,
    DATABASE_URL,
    JOURNAL_REDIS_URL: urls.journalAs('settlement'),
    QUEUE_REDIS_URL: urls.queueAs('settlement'),
  }
  const workersEnv = { ...env, DATABASE_URL, QUEUE_REDIS_URL: urls.queueAs('workers') }
  const gatewayEnv = { ...env, DATABASE_URL, JOURNAL_REDIS_URL: urls.journalAs('gateway') }
  return [
    ...numbered(shape.engines, (n) => ({
      role: 'engine' as const,
      name: `engine-${n}`,
      env: engineEnv,
    })),
    ...numbered(shape.settlements, (n) => ({
      role: 'workers/settlement' as const,
      name: `settlement-${n}`,
      env: settlementEnv,
    })),
    ...numbered(shape.workers, (n) => ({
      role: 'workers' as const,
      name: `workers-${n}`,
      env: workersEnv,
    })),
    ...shape.gatewayPorts.map((port, index) => ({
      role: 'gateway' as const,
      name: `gateway-${index + 1}`,
      env: { ...gatewayEnv, PORT: String(port) },
    })),
  ]
}

/** A program learns the addresses, and with them the passwords, of the servers it uses only. */
export function withoutServers(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { DATABASE_URL: _, JOURNAL_REDIS_URL: __, QUEUE_REDIS_URL: ___, ...rest } = env
  return rest
}

function numbered<Made>(count: number, make: (n: number) => Made): Made[] {
  return Array.from({ length: count }, (_, index) => make(index + 1))
}
