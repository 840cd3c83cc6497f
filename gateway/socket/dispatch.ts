/** From the bytes of one message to an answer. Whatever comes, it gets an answer or a close code. */
import {
  ACK_STAGES,
  LIMITED_REPLIES_MAX,
  MALFORMED_FRAMES_MAX,
  MESSAGE_BYTES_MAX,
  OPERATIONS,
  reject,
  requestFrameSchema,
} from '../../schema/index.ts'
import type { OperationName, Reject, RequestFrame } from '../../schema/index.ts'
import { accessRefusal } from '../admit/access.ts'
import { isReject } from '../admit/desk.ts'
import { fieldReject } from '../admit/field-reject.ts'
import { isCommandOperation } from '../admit/forms.ts'
import type { RateLimits } from '../admit/rate-limits.ts'
import type { Connection } from './connection.ts'
import { Refusal } from '../refusal.ts'
import { HANDLERS, submitCommand } from './handlers.ts'
import type { Handling } from './handlers.ts'
import { MalformedMessage } from './msgpack-reader.ts'

export interface Dispatching extends Handling {
  readonly limits: RateLimits
  readonly onFault: (error: unknown) => void
  /** For the metrics. */
  readonly onRequest: (op: OperationName, outcome: 'ok' | 'refused') => void
}

/** `bytes` are valid only until this returns: they are read at once and nothing of them is kept. */
export function dispatch(
  connection: Connection,
  bytes: ArrayBuffer,
  isBinary: boolean,
  dispatching: Dispatching,
): void {
  connection.heardAtMs = dispatching.now()
  const frame = readFrame(connection, bytes, isBinary)
  if (frame === null) return
  const { id, op } = frame
  const outcome = isCommandOperation(op)
    ? submitCommand(
        { connection, id, params: frame.p, ack: frame.ack ?? 'durable' },
        op,
        dispatching,
      )
    : handle(connection, frame, dispatching)
  if (outcome === null) {
    connection.limitedReplies = 0
    dispatching.onRequest(op, 'ok')
  } else if (outcome instanceof Promise)
    outcome.then(
      (later) => answer(connection, frame, later, dispatching),
      (error: unknown) => {
        if (error instanceof Refusal) return answer(connection, frame, error.reject, dispatching)
        dispatching.onFault(error)
        connection.refuse(id, reject('busy', { retryAfterMs: 1_000 }))
      },
    )
  else answer(connection, frame, outcome, dispatching)
}

function readFrame(
  connection: Connection,
  bytes: ArrayBuffer,
  isBinary: boolean,
): RequestFrame | null {
  if (bytes.byteLength > MESSAGE_BYTES_MAX) {
    connection.refuse(-1, reject('message-too-large'))
    return null
  }
  let message: unknown
  try {
    if (isBinary !== connection.wire.isBinary) throw new MalformedMessage('the other subprotocol')
    message = connection.wire.decode(bytes)
  } catch (error) {
    if (!(error instanceof MalformedMessage)) throw error
    return refuseMalformed(connection)
  }
  if (isPlainFrame(message)) return message
  const frame = requestFrameSchema.safeParse(message)
  if (frame.success) return frame.data
  const id = idOf(message)
  if (id === null) return refuseMalformed(connection)
  connection.refuse(
    id,
    isUnknownOperation(message)
      ? reject('operation-unknown', { field: 'op' })
      : fieldReject(frame.error),
  )
  return null
}

/** Once may be a mistake; again and again is another protocol. */
function refuseMalformed(connection: Connection): null {
  connection.refuse(-1, reject('frame-malformed'))
  connection.malformedFrames++
  if (connection.malformedFrames >= MALFORMED_FRAMES_MAX) connection.end('protocol-error')
  return null
}

function handle(
  connection: Connection,
  frame: RequestFrame,
  dispatching: Dispatching,
): object | Reject | null | Promise<object> {
  const { id, op } = frame
  if (isCommandOperation(op)) return null
  const { session, address } = connection
  const retryAfterMs =
    session === null
      ? dispatching.limits.take('anonymous', address, 1)
      : dispatching.limits.take('queries', session.accountId, 1)
  if (retryAfterMs > 0) return reject('rate-limited', { retryAfterMs })
  const refusal = accessRefusal(OPERATIONS[op].access, session)
  if (refusal !== null) return refusal
  const params = OPERATIONS[op].params.safeParse(frame.p ?? {})
  if (!params.success) return fieldReject(params.error)
  return HANDLERS[op]({ connection, id, params: params.data as never, ack: 'durable' }, dispatching)
}

function answer(
  connection: Connection,
  { id, op }: RequestFrame,
  outcome: object | Reject,
  { onRequest }: Dispatching,
): void {
  if (!isReject(outcome)) {
    connection.reply({ t: 'reply', id, ok: true, r: outcome as never })
    return onRequest(op, 'ok')
  }
  onRequest(op, 'refused')
  connection.refuse(id, outcome)
  if (outcome.code !== 'rate-limited' && outcome.code !== 'too-many-in-flight')
    connection.limitedReplies = 0
  else if (++connection.limitedReplies > LIMITED_REPLIES_MAX) connection.end('rate-limited')
}

/** Recognises what the schema takes, without its cost; the rest goes through the schema. */
export function isPlainFrame(message: unknown): message is RequestFrame {
  if (typeof message !== 'object' || message === null) return false
  const { id, op, p, ack } = message as Record<string, unknown>
  if (typeof id !== 'number' || !Number.isSafeInteger(id) || id < 0) return false
  if (typeof op !== 'string' || !Object.hasOwn(OPERATIONS, op) || p === undefined) return false
  if (ack !== undefined && !(ACK_STAGES as readonly unknown[]).includes(ack)) return false
  let fields = 0
  for (const field in message) if (Object.hasOwn(message, field)) fields++
  return fields === (ack === undefined ? 3 : 4)
}

function idOf(message: unknown): number | null {
  if (typeof message !== 'object' || message === null || !('id' in message)) return null
  const { id } = message
  return typeof id === 'number' && Number.isSafeInteger(id) && id >= 0 ? id : null
}

function isUnknownOperation(message: unknown): boolean {
  if (typeof message !== 'object' || message === null || !('op' in message)) return false
  return typeof message.op === 'string' && !Object.hasOwn(OPERATIONS, message.op)
}
