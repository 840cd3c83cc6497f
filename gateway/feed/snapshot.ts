/** A channel as of one position, in parts of SNAPSHOT_PART_ROWS_MAX rows when it is large.
 *
 *  It stays what it is while the channel goes on, so each part is made into bytes once, for everyone who
 *  is sent this snapshot; whoever has all of it hears next what came after its position. */
import { SNAPSHOT_PART_ROWS_MAX } from '../../schema/index.ts'
import type { ChannelFrame, Sequence } from '../../schema/index.ts'

export interface Snapshot {
  readonly ch: string
  readonly seq: Sequence
  /** The frames that carry it, in order; at least one. */
  readonly parts: readonly ChannelFrame[]
}

/** By the rows of which list a channel is cut. Those without one are small. */
const CUT_BY: Readonly<Record<string, string | undefined>> = { market: 'listings', bids: 'bids' }

export function cutSnapshot(ch: string, epoch: number, seq: Sequence, content: object): Snapshot {
  const frame = { t: 'snapshot', ch, epoch, seq, prev: seq } as const
  const pieces = piecesOf(CUT_BY[ch], content)
  const only = pieces.length === 1
  const parts = pieces.map((d, place): ChannelFrame =>
    only ? { ...frame, d } : { ...frame, part: place + 1, parts: pieces.length, d },
  )
  return { ch, seq, parts }
}

/** In how many parts so many rows are sent. */
export function partsOf(rows: number): number {
  return Math.max(1, Math.ceil(rows / SNAPSHOT_PART_ROWS_MAX))
}

function piecesOf(name: string | undefined, content: object): readonly object[] {
  if (name === undefined) return [content]
  const rows = (content as Readonly<Record<string, readonly unknown[]>>)[name] ?? []
  if (rows.length <= SNAPSHOT_PART_ROWS_MAX) return [content]
  const pieces: object[] = []
  for (let from = 0; from < rows.length; from += SNAPSHOT_PART_ROWS_MAX)
    pieces.push({ [name]: rows.slice(from, from + SNAPSHOT_PART_ROWS_MAX) })
  return pieces
}
