/** Real servers and processes on this machine: for `npm start`, tests and benches alike. */
export { freePort } from './ports.ts'
export { startPostgres } from './postgres.ts'
export { startJournalRedis } from './redis.ts'
export { startRole } from './processes.ts'
export { startMarket } from './market.ts'
export type { Market, MarketOptions } from './market.ts'
