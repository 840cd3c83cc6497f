/** The settings of a gateway process. The rates are for load tests: production keeps the named limits. */
import { BlockList, isIP } from 'node:net'
import { z } from 'zod'
import {
  ANONYMOUS_BURST_MAX,
  ANONYMOUS_PER_SECOND_MAX,
  BIDS_BURST_MAX,
  BIDS_PER_SECOND_MAX,
  CANCELS_BURST_MAX,
  CANCELS_PER_SECOND_MAX,
  COMMANDS_BURST_MAX,
  COMMANDS_PER_SECOND_MAX,
  CONNECTIONS_OPENED_BURST_MAX,
  CONNECTIONS_OPENED_PER_SECOND_MAX,
  CONNECTIONS_PER_NETWORK_MAX,
  MESSAGES_BURST_MAX,
  MESSAGES_PER_SECOND_MAX,
  QUERIES_BURST_MAX,
  QUERIES_PER_SECOND_MAX,
  REGISTRATIONS_BURST_MAX,
  REGISTRATIONS_PER_SECOND_MAX,
  UNKNOWN_TOKENS_BURST_MAX,
  UNKNOWN_TOKENS_PER_SECOND_MAX,
} from '../schema/index.ts'
import type { BucketName } from '../schema/index.ts'
import { schemaWritten } from '../engine/config.ts'
import type { BucketSizes } from './admit/rate-limits.ts'
import type { BucketSize } from './admit/token-bucket.ts'

const port = z.coerce.number().int().min(0).max(65_535)
const words = z
  .string()
  .default('')
  .transform((text) => text.split(',').flatMap((word) => word.trim() || []))

/** Addresses and CIDR blocks. */
const blocks = words.transform((given, context) => {
  const list = new BlockList()
  for (const block of given) if (!addBlock(list, block)) context.addIssue(`no address: ${block}`)
  return list
})

function addBlock(list: BlockList, block: string): boolean {
  const [address = '', prefix, ...more] = block.split('/')
  const family = isIP(address)
  const bits = family === 6 ? 128 : 32
  const length = prefix === undefined ? bits : Number(prefix)
  if (family === 0 || more.length > 0 || prefix === '') return false
  if (!Number.isInteger(length) || length < 0 || length > bits) return false
  list.addSubnet(address, length, family === 6 ? 'ipv6' : 'ipv4')
  return true
}

const rate = z.coerce.number().int().min(1).optional()

export const gatewaySettings = z
  .object({
    MARKET: z
      .string()
      .regex(/^[a-z0-9-]+$/)
      .default('demo'),
    CURRENCY: z
      .string()
      .regex(/^[A-Z]{3}$/)
      .default('USD'),
    DATABASE_URL: z
      .url({ protocol: /^postgres(ql)?$/ })
      .default('postgres://127.0.0.1:5432/lendbook'),
    JOURNAL_REDIS_URL: z.url({ protocol: /^rediss?$/ }).default('redis://127.0.0.1:6379'),
    HOST: z.string().default('0.0.0.0'),
    /** 0 takes any free port, and the ready line tells which. */
    PORT: port.default(8080),
    /** Both or neither: then the port speaks HTTPS only. */
    TLS_CERT_FILE: z.string().optional(),
    TLS_KEY_FILE: z.string().optional(),
    /** The names it is called by; any when not said. */
    HOSTS: words.transform((hosts) => hosts.map((host) => host.toLowerCase())),
    /** Whose X-Forwarded-For and X-Forwarded-Proto are believed. */
    TRUSTED_PROXIES: blocks,
    /** /livez, /readyz and /metrics; 0 takes any free port. */
    OPS_PORT: port.default(0),
    OPS_HOST: z.string().default('127.0.0.1'),
    SCHEMA_WRITTEN: schemaWritten,
    OPERATOR_PASSWORD: z.string().min(10).optional(),
    REVIEWER_PASSWORD: z.string().min(10).optional(),
    DEMO_EMAIL: z.string().optional(),
    DEMO_PASSWORD: z.string().optional(),
    /** Of WebSockets. Behind a proxy that is not among the trusted ones everybody is one network. */
    CONNECTIONS_PER_NETWORK: z.coerce.number().int().min(1).default(CONNECTIONS_PER_NETWORK_MAX),
    RATE_BIDS_PER_SECOND: rate,
    RATE_CANCELS_PER_SECOND: rate,
    RATE_COMMANDS_PER_SECOND: rate,
    RATE_QUERIES_PER_SECOND: rate,
    RATE_MESSAGES_PER_SECOND: rate,
    RATE_ANONYMOUS_PER_SECOND: rate,
    RATE_REGISTRATIONS_PER_SECOND: rate,
    RATE_TOKENS_PER_SECOND: rate,
    RATE_CONNECTIONS_PER_SECOND: rate,
  })
  .refine(
    ({ TLS_CERT_FILE: cert, TLS_KEY_FILE: key }) => (cert === undefined) === (key === undefined),
    { path: ['TLS_CERT_FILE'], message: 'set TLS_KEY_FILE too, or neither' },
  )

export type GatewaySettings = z.output<typeof gatewaySettings>

const USUAL_SIZES: BucketSizes = {
  bids: { perSecond: BIDS_PER_SECOND_MAX, burst: BIDS_BURST_MAX },
  cancels: { perSecond: CANCELS_PER_SECOND_MAX, burst: CANCELS_BURST_MAX },
  commands: { perSecond: COMMANDS_PER_SECOND_MAX, burst: COMMANDS_BURST_MAX },
  queries: { perSecond: QUERIES_PER_SECOND_MAX, burst: QUERIES_BURST_MAX },
  messages: { perSecond: MESSAGES_PER_SECOND_MAX, burst: MESSAGES_BURST_MAX },
  anonymous: { perSecond: ANONYMOUS_PER_SECOND_MAX, burst: ANONYMOUS_BURST_MAX },
  registrations: { perSecond: REGISTRATIONS_PER_SECOND_MAX, burst: REGISTRATIONS_BURST_MAX },
  tokens: { perSecond: UNKNOWN_TOKENS_PER_SECOND_MAX, burst: UNKNOWN_TOKENS_BURST_MAX },
  connections: {
    perSecond: CONNECTIONS_OPENED_PER_SECOND_MAX,
    burst: CONNECTIONS_OPENED_BURST_MAX,
  },
}

/** A rate that was set keeps the usual proportion of burst to rate. */
export function bucketSizes(settings: GatewaySettings): BucketSizes {
  const sizeOf = (name: BucketName, perSecond: number | undefined): BucketSize => {
    const usual = USUAL_SIZES[name]
    if (perSecond === undefined) return usual
    return { perSecond, burst: Math.ceil((perSecond * usual.burst) / usual.perSecond) }
  }
  return {
    bids: sizeOf('bids', settings.RATE_BIDS_PER_SECOND),
    cancels: sizeOf('cancels', settings.RATE_CANCELS_PER_SECOND),
    commands: sizeOf('commands', settings.RATE_COMMANDS_PER_SECOND),
    queries: sizeOf('queries', settings.RATE_QUERIES_PER_SECOND),
    messages: sizeOf('messages', settings.RATE_MESSAGES_PER_SECOND),
    anonymous: sizeOf('anonymous', settings.RATE_ANONYMOUS_PER_SECOND),
    registrations: sizeOf('registrations', settings.RATE_REGISTRATIONS_PER_SECOND),
    tokens: sizeOf('tokens', settings.RATE_TOKENS_PER_SECOND),
    connections: sizeOf('connections', settings.RATE_CONNECTIONS_PER_SECOND),
  }
}
