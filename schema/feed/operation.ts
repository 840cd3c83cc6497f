/** What keeps a WebSocket and its channels going. */
import { z } from 'zod'
import { position } from '../declare/field.ts'
import { operation } from '../declare/operation.ts'
import { said } from '../declare/shape.ts'
import { text } from '../declare/text.ts'
import {
  CHANNEL_NAME_LENGTH_MAX,
  CHANNELS_PER_CONNECTION_MAX,
  SUBSCRIPTION_PRICE,
} from '../limit.ts'

const channelName = text({
  min: 1,
  max: CHANNEL_NAME_LENGTH_MAX,
  about: 'Its name, as `market` or `listing:17`.',
})

const channelRequest = z.strictObject({
  channel: channelName,
  since: said(
    position('The `seq` of the last frame seen; with `epoch`, asks for what was missed.'),
  ).optional(),
  epoch: z.int().min(0).optional().describe('The `epoch` of that frame.'),
})

export const FEED_OPERATIONS = {
  ping: operation({
    access: 'anyone',
    about: 'Is anybody there?',
    params: z.strictObject({}),
    reply: z.strictObject({ atMs: z.int().min(0).describe('Now, by the clock of the gateway.') }),
  }),
  subscribe: operation({
    access: 'anyone',
    about:
      'Follows channels. The missed deltas or a snapshot of each come right after the reply; one that is followed already goes on as it was, unless `since` is said. Private ones need a session.',
    // What it causes is paid in addition, once that is known: SNAPSHOT_PART_PRICE for each part.
    price: ({ channels }) => SUBSCRIPTION_PRICE * channels.length,
    params: z.strictObject({
      channels: z.array(channelRequest).min(1).max(CHANNELS_PER_CONNECTION_MAX),
    }),
    reply: z.strictObject({
      channels: z.array(
        z.strictObject({
          channel: channelName,
          epoch: z.int().min(0),
          seq: said(position('The channel is now as of this sequence.')),
          recovered: z
            .boolean()
            .describe(
              'True: every delta after `since` follows. False: a snapshot follows. Never a part.',
            ),
        }),
      ),
    }),
  }),
  unsubscribe: operation({
    access: 'anyone',
    about: 'Gives channels up.',
    params: z.strictObject({
      channels: z.array(channelName).min(1).max(CHANNELS_PER_CONNECTION_MAX),
    }),
    reply: z.strictObject({ channels: z.array(channelName).describe('Those still followed.') }),
  }),
} as const
