/** What each family of channels carries. The compiler asks for its source in gateway/feed. */
import { z } from 'zod'
import { cashRow } from '../cash/row.ts'
import type { ChannelFamily } from '../channel.ts'
import { listing } from '../declare/field.ts'
import { said } from '../declare/shape.ts'
import { bidRow, bookLevel, fillRow, listingPatch, listingRow } from '../market/row.ts'

interface ChannelDeclaration {
  readonly about: string
  /** All of it. */
  readonly snapshot: z.ZodType
  /** What changed. */
  readonly delta: z.ZodType
}

const fills = z.array(fillRow).describe('Newest first.')
const levels = z.array(bookLevel)
const bids = z.strictObject({ bids: z.array(bidRow) })

export const CHANNELS = {
  market: {
    about: 'All listings of the market.',
    snapshot: z.strictObject({ listings: z.array(listingRow) }),
    delta: z.strictObject({
      listings: z.array(listingPatch).describe('What changed of each; new ones whole.'),
      removed: z.array(said(listing('One that is no longer shown.'))),
    }),
  },
  tape: {
    about: 'The newest fills of the whole market, newest first.',
    snapshot: z.strictObject({ fills }),
    delta: z.strictObject({ fills }),
  },
  listing: {
    about: 'One listing with its book, best rate first, and its newest fills.',
    snapshot: z.strictObject({ listing: listingRow, levels, fills }),
    delta: z.strictObject({ listing: listingPatch, levels, fills }),
  },
  cash: {
    about: "One's own cash, sequenced, never conflated across a skipped frame.",
    snapshot: cashRow,
    delta: cashRow,
  },
  bids: {
    about: "One's own open bids; a delta carries each changed bid whole, also as it ends.",
    snapshot: bids,
    delta: bids,
  },
} as const satisfies Record<ChannelFamily, ChannelDeclaration>
