/** The journal as Redis holds it, read with plain commands. */
import { Redis } from 'ioredis'
import { journalKeys } from '../../schema/index.ts'
import type { EntryId } from '../../schema/index.ts'

export interface JournalEvent {
  readonly id: EntryId
  readonly previousId: EntryId
  readonly sequence: number
  readonly digest: string
}

export interface JournalEnd {
  readonly commandIds: readonly EntryId[]
  readonly events: readonly JournalEvent[]
  readonly tip: { readonly sequence: number; readonly digest: string }
}

const MARKET = 'demo'

/** All that has not been trimmed. */
export async function readJournal(journalUrl: string): Promise<JournalEnd> {
  return withRedis(journalUrl, async (redis) => {
    const keys = journalKeys(MARKET)
    const commands = await redis.xrangeBuffer(keys.commands, '-', '+')
    const events = (await redis.xrangeBuffer(keys.events, '-', '+')).map(eventOf)
    const last = events.at(-1)
    return {
      commandIds: commands.map(([id]) => id.toString() as EntryId),
      events,
      tip: { sequence: last?.sequence ?? 0, digest: last?.digest ?? '0'.repeat(16) },
    }
  })
}

/** Newest command and newest event, to tell whether the engines have said all. */
export async function readTip(
  journalUrl: string,
): Promise<{ readonly commandId: string; readonly eventId: string; readonly sequence: number }> {
  return withRedis(journalUrl, async (redis) => {
    const keys = journalKeys(MARKET)
    const [command] = await redis.xrevrangeBuffer(keys.commands, '+', '-', 'COUNT', 1)
    const [event] = await redis.xrevrangeBuffer(keys.events, '+', '-', 'COUNT', 1)
    return {
      commandId: command === undefined ? '0-0' : command[0].toString(),
      eventId: event === undefined ? '0-0' : event[0].toString(),
      sequence: event === undefined ? 0 : eventOf(event).sequence,
    }
  })
}

async function withRedis<T>(url: string, work: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: null, protocol: 2 })
  redis.on('error', () => undefined)
  await redis.connect()
  try {
    return await work(redis)
  } finally {
    redis.disconnect()
  }
}

function eventOf([id, fields]: [Buffer, Buffer[]]): JournalEvent {
  const field = (name: string): Buffer => {
    const at = fields.findIndex((value, place) => place % 2 === 0 && value.toString() === name)
    return fields[at + 1] ?? Buffer.alloc(0)
  }
  return {
    id: id.toString() as EntryId,
    previousId: field('p').toString() as EntryId,
    sequence: Number(field('q')),
    digest: field('g').toString(),
  }
}
