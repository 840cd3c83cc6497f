/** The WebSocket as an AsyncAPI 3.0 document, made from the declarations of operations, channels and
 *  frames. */
import { z } from 'zod'
import {
  channelFrame,
  CHANNEL_FAMILIES,
  CHANNELS,
  GATEWAY_FRAMES,
  OPERATION_NAMES,
  OPERATIONS,
  refusalFrame,
  replyFrame,
  requestFrameSchema,
  SUBPROTOCOLS,
} from '../../schema/index.ts'
import type { ChannelFamily, OperationName } from '../../schema/index.ts'
import { Schemas } from './schemas.ts'
import type { Json } from './schemas.ts'

const SOCKET = '#/channels/socket'

export function asyncapi(): Json {
  const schemas = new Schemas()
  const messages: Record<string, Json> = {}
  const operations: Record<string, Json> = {}
  for (const name of OPERATION_NAMES) addOperation(name, schemas, messages, operations)
  messages['refusal'] = message('A request that is refused.', schemas.said(refusalFrame))
  for (const [name, frame] of Object.entries(GATEWAY_FRAMES))
    messages[name] = message(frame.description ?? name, schemas.said(frame))
  for (const family of Object.keys(CHANNELS) as ChannelFamily[])
    addFamily(family, schemas, messages)
  const said = Object.keys(messages).filter((name) => !name.endsWith('.request'))
  operations['follow'] = {
    action: 'send',
    summary: 'What the gateway says by itself, and of the channels that are followed.',
    channel: { $ref: SOCKET },
    messages: said
      .filter((name) => !name.endsWith('.reply') && name !== 'refusal')
      .map((name) => ({ $ref: `${SOCKET}/messages/${name}` })),
  }
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Lendbook',
      version: 'v1',
      description: `Subprotocols ${SUBPROTOCOLS.join(' and ')}: the same frames as JSON text or plain msgpack.`,
    },
    defaultContentType: 'application/json',
    servers: { gateway: { host: '{host}', protocol: 'ws', variables: { host: HOST } } },
    channels: {
      socket: {
        address: '/v1/ws',
        description: 'One connection carries all operations and all channels.',
        messages,
      },
    },
    operations,
    components: { schemas: schemas.components() },
  }
}

const HOST = { default: 'localhost:8080', description: 'Where the gateway is.' }

/** A request is received by the gateway, which replies or refuses. */
function addOperation(
  name: OperationName,
  schemas: Schemas,
  messages: Record<string, Json>,
  operations: Record<string, Json>,
): void {
  const { about, access, params, reply } = OPERATIONS[name]
  const request = requestFrameSchema.extend({ op: z.literal(name), p: params })
  messages[`${name}.request`] = message(about, schemas.asked(request))
  messages[`${name}.reply`] = message(`The answer to ${name}.`, schemas.said(replyFrame(reply)))
  operations[name] = {
    action: 'receive',
    summary: about,
    'x-access': access,
    channel: { $ref: SOCKET },
    messages: [{ $ref: `${SOCKET}/messages/${name}.request` }],
    reply: {
      channel: { $ref: SOCKET },
      messages: [
        { $ref: `${SOCKET}/messages/${name}.reply` },
        { $ref: `${SOCKET}/messages/refusal` },
      ],
    },
  }
}

function addFamily(family: ChannelFamily, schemas: Schemas, messages: Record<string, Json>): void {
  const declared = CHANNELS[family]
  const who = CHANNEL_FAMILIES[family] === 'public' ? 'anyone' : 'its owner'
  for (const kind of ['snapshot', 'delta'] as const)
    messages[`${family}.${kind}`] = {
      ...message(declared.about, schemas.said(channelFrame(kind, declared[kind]))),
      'x-followed-by': who,
    }
}

function message(summary: string, payload: Json): Json {
  return { summary, payload }
}
