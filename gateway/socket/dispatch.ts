/** From the bytes of one message to an answer. Whatever comes, it gets an answer or a close code, and is paid by its
 *  size before it is read. An account's messages may be many, since its bids are counted apart; so what nothing else
 *  counts because it is refused is a query too. */
import {
  ACK_STAGES,
  MALFORMED_FRAMES_MAX,
  MESSAGE_BYTES_MAX,
  OPERATIONS,
  reject,
  requestFrameSchema,
} from '../../schema/index.ts'
import type { OperationName, Reject, RejectCode, RequestFrame } from '../../schema/index.ts'
import type { OperationDeclaration } from '../../schema/declare/operation.ts'
import { accessRefusal } from '../admit/access.ts'
import { isReject } from '../admit/desk.ts'
import { fieldReject } from '../admit/field-reject.ts'
import { isCommandOperation } from '../admit/forms.ts'
import { unitsOf } from '../admit/toll.ts'
import type { Toll } from '../admit/toll.ts'
import type { Connection } from './connection.ts'
import { Refusal } from '../refusal.ts'
import { HANDLERS, payQuery, submitCommand } from './handlers.ts'
import type { Handling } from './handlers.ts'
import { MalformedMessage } from './msgpack-reader.ts'

export interface Dispatching extends Handling {
  readonly toll: Toll
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
  const { payer } = connection
  const unpaid = dispatching.toll.take(payer, unitsOf(bytes.byteLength))
  if (unpaid !== null) {
    connection.refuse(connection.wire.peekId(bytes), unpaid)
    if (dispatching.toll.isOut(payer)) connection.end('rate-limited')
    return
  }
  const frame = readFrame(connection, bytes, isBinary, dispatching)
  if (frame === null) return
  const { id, op } = frame
  const outcome = isCommandOperation(op)
    ? submitCommand(
        { connection, id, params: frame.p, ack: frame.ack ?? 'durable' },
        op,
        dispatching,
      )
    : handle(connection, frame, dispatching)
  if (outcome === null) dispatching.onRequest(op, 'ok')
  else if (outcome instanceof Promise)
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
  dispatching: Dispatching,
): RequestFrame | null {
  if (bytes.byteLength > MESSAGE_BYTES_MAX) {
    refuse(connection, -1, reject('message-too-large'), dispatching)
    return null
  }
  let message: unknown
  try {
    if (isBinary !== connection.wire.isBinary) throw new MalformedMessage('the other subprotocol')
    message = connection.wire.decode(bytes)
  } catch (error) {
    if (!(error instanceof MalformedMessage)) throw error
    return refuseMalformed(connection, dispatching)
  }
  if (isPlainFrame(message)) return message
  const frame = requestFrameSchema.safeParse(message)
  if (frame.success) return frame.data
  const id = idOf(message)
  if (id === null) return refuseMalformed(connection, dispatching)
  const why = isUnknownOperation(message)
    ? reject('operation-unknown', { field: 'op' })
    : fieldReject(frame.error)
  refuse(connection, id, why, dispatching)
  return null
}

/** Once may be a mistake; again and again is another protocol. */
function refuseMalformed(connection: Connection, dispatching: Dispatching): null {
  refuse(connection, -1, reject('frame-malformed'), dispatching)
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
  const { session } = connection
  // Whoever is not signed in has paid for this one with its bytes.
  const unpaid = session === null ? null : payQuery(connection, 1, dispatching)
  if (unpaid !== null) return unpaid
  const refusal = accessRefusal(OPERATIONS[op].access, session)
  if (refusal !== null) return refusal
  const params = OPERATIONS[op].params.safeParse(frame.p ?? {})
  if (!params.success) return fieldReject(params.error)
  const { price }: OperationDeclaration = OPERATIONS[op]
  const dear = payQuery(connection, (price?.(params.data) ?? 1) - 1, dispatching)
  if (dear !== null) return dear
  return HANDLERS[op]({ connection, id, params: params.data as never, ack: 'durable' }, dispatching)
}

function answer(
  connection: Connection,
  { id, op }: RequestFrame,
  outcome: object | Reject,
  dispatching: Dispatching,
): void {
  if (isReject(outcome)) {
    dispatching.onRequest(op, 'refused')
    refuse(connection, id, outcome, dispatching)
    return
  }
  connection.reply({ t: 'reply', id, ok: true, r: outcome as never })
  dispatching.onRequest(op, 'ok')
}

/** What an account is refused before anything has counted it. */
const UNCOUNTED: ReadonlySet<RejectCode> = new Set([
  'frame-malformed',
  'message-too-large',
  'operation-unknown',
  'permission-missing',
  'draining',
] as const)
const ASKED_TOO_OFTEN: ReadonlySet<RejectCode> = new Set([
  'rate-limited',
  'too-many-in-flight',
] as const)

/** Says no. Whoever goes on after being told to slow down is closed. */
function refuse(connection: Connection, id: number, why: Reject, dispatching: Dispatching): void {
  const { limits, toll } = dispatching
  const isUncounted = connection.session !== null && UNCOUNTED.has(why.code)
  const unpaid = isUncounted ? payQuery(connection, 1, dispatching) : null
  const said = unpaid ?? why
  connection.refuse(id, said)
  if (!ASKED_TOO_OFTEN.has(said.code)) return
  limits.noteLimited(connection.payer, 1)
  if (toll.isOut(connection.payer)) connection.end('rate-limited')
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
