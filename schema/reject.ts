/** The one table of refusals: every "no" that a caller can hear, on any door, has its row here.
 *
 *  `number` never changes its meaning and is never reused: 1xxx transport, 2xxx identity,
 *  3xxx form, 4xxx business, 5xxx capacity. `class` is all a client program needs to act on. */

import { BIDS_PER_LISTING_MAX } from './limit.ts'

export const REJECT_CLASSES = [
  'retry-same-key',
  'retry-after',
  'fix-request',
  're-auth',
  'resync',
  'fatal',
] as const
export type RejectClass = (typeof REJECT_CLASSES)[number]

interface RejectRow {
  readonly number: number
  readonly class: RejectClass
  /** The status of the same refusal over HTTP. */
  readonly http: number
  /** Only of a refusal by the engine: it is about the key itself, about a market that may have room
   *  again, or about an entry that was full. Not remembered under the key and no outcome of it, so that the same key may still get, or has
   *  got, another answer. */
  readonly isPassing?: true
  readonly en: string
  readonly zh: string
}

export const REJECTS = {
  'frame-malformed': {
    number: 1001,
    class: 'fix-request',
    http: 400,
    en: 'The message is not in the form of the protocol that was agreed.',
    zh: '消息不符合已约定的协议格式。',
  },
  'message-too-large': {
    number: 1002,
    class: 'fix-request',
    http: 413,
    en: 'The message is larger than allowed. Split it.',
    zh: '消息超过允许的大小，请拆分后再发。',
  },
  'operation-unknown': {
    number: 1003,
    class: 'fix-request',
    http: 404,
    en: 'There is no such operation.',
    zh: '没有这个操作。',
  },
  'channel-unknown': {
    number: 1004,
    class: 'fix-request',
    http: 404,
    en: 'There is no such channel.',
    zh: '没有这个频道。',
  },
  'subprotocol-unknown': {
    number: 1005,
    class: 'fatal',
    http: 400,
    en: 'Offer lendbook.v1.json or lendbook.v1.msgpack as the WebSocket subprotocol.',
    zh: '请以 lendbook.v1.json 或 lendbook.v1.msgpack 作为 WebSocket 子协议。',
  },
  'page-unknown': {
    number: 1006,
    class: 'fix-request',
    http: 404,
    en: 'There is nothing at this address.',
    zh: '此地址没有内容。',
  },
  'not-logged-on': {
    number: 2001,
    class: 're-auth',
    http: 401,
    en: 'Sign in first.',
    zh: '请先登录。',
  },
  'session-expired': {
    number: 2002,
    class: 're-auth',
    http: 401,
    en: 'The session has ended. Sign in again.',
    zh: '会话已结束，请重新登录。',
  },
  'credentials-wrong': {
    number: 2003,
    class: 'fix-request',
    http: 401,
    en: 'The e-mail address and the password do not belong together.',
    zh: '邮箱与密码不匹配。',
  },
  'permission-missing': {
    number: 2004,
    class: 'fix-request',
    http: 403,
    en: 'Your role does not allow this.',
    zh: '您的角色不允许此操作。',
  },
  'email-taken': {
    number: 2005,
    class: 'fix-request',
    http: 409,
    en: 'There is already an account with this e-mail address.',
    zh: '该邮箱已注册。',
  },
  'field-invalid': {
    number: 3001,
    class: 'fix-request',
    http: 400,
    en: 'A field is missing, unknown or out of its bounds.',
    zh: '字段缺失、未知或超出范围。',
  },
  'batch-too-large': {
    number: 3002,
    class: 'fix-request',
    http: 400,
    en: 'Too many commands in one batch.',
    zh: '一批中的指令过多。',
  },
  'key-reused': {
    number: 3003,
    class: 'fix-request',
    http: 409,
    isPassing: true,
    en: 'This key was already used for something else. Use a new one.',
    zh: '此请求编号已用于另一条指令，请换用新的编号。',
  },
  'key-expired': {
    number: 3004,
    class: 'fix-request',
    http: 409,
    isPassing: true,
    en: 'This key is too old to be used. Ask what became of it; use a new key for something new.',
    zh: '此请求编号已过期。请查询其结果；新的指令请用新的编号。',
  },
  'key-ahead': {
    number: 3005,
    class: 'fix-request',
    http: 409,
    isPassing: true,
    en: 'This key carries a time that has not come yet. Check your clock.',
    zh: '此请求编号的时间尚未到来，请检查您的时钟。',
  },
  'insufficient-funds': {
    number: 4001,
    class: 'fix-request',
    http: 409,
    en: 'Your available cash does not cover this.',
    zh: '您的可用余额不足。',
  },
  'listing-unknown': {
    number: 4002,
    class: 'fix-request',
    http: 404,
    en: 'There is no such listing.',
    zh: '没有这个标的。',
  },
  'listing-closed': {
    number: 4003,
    class: 'fix-request',
    http: 409,
    en: 'The listing takes no more bids.',
    zh: '该标的已不再接受投标。',
  },
  'rate-above-ceiling': {
    number: 4004,
    class: 'fix-request',
    http: 409,
    en: 'You ask for a higher rate than the borrower offers.',
    zh: '您要求的利率高于借款人的上限。',
  },
  'bid-below-minimum': {
    number: 4005,
    class: 'fix-request',
    http: 409,
    en: 'The bid is below the minimum of this listing.',
    zh: '投标金额低于该标的的起投金额。',
  },
  'remainder-below-minimum': {
    number: 4006,
    class: 'fix-request',
    http: 409,
    en: 'This bid would leave a remainder smaller than the minimum bid. Bid for all that is left, or for less.',
    zh: '此投标会使剩余金额低于起投金额。请投满剩余金额，或减少投标金额。',
  },
  'rate-not-competitive': {
    number: 4007,
    class: 'fix-request',
    http: 409,
    en: 'The listing is fully covered at this rate or better. Offer a lower rate.',
    zh: '该标的已被同等或更优利率的投标覆盖，请降低利率。',
  },
  'own-listing': {
    number: 4008,
    class: 'fix-request',
    http: 409,
    en: 'A borrower cannot fund their own listing.',
    zh: '借款人不能投自己的标的。',
  },
  'bid-unknown': {
    number: 4009,
    class: 'fix-request',
    http: 404,
    en: 'You have no such bid.',
    zh: '您没有这笔投标。',
  },
  'bid-closed': {
    number: 4010,
    class: 'fix-request',
    http: 409,
    en: 'The bid is no longer open, so it cannot be changed or cancelled.',
    zh: '该投标已结束，无法修改或撤销。',
  },
  'book-full': {
    number: 4011,
    class: 'fix-request',
    http: 409,
    en: 'This listing has as many bids as a listing may have.',
    zh: '该标的的投标笔数已达上限。',
  },
  'deadline-passed': {
    number: 4012,
    class: 'fix-request',
    http: 409,
    en: 'The deadline you set passed before its turn came. Nothing happened.',
    zh: '在轮到此指令之前，您设定的截止时间已过，指令未生效。',
  },
  'listing-terms-invalid': {
    number: 4013,
    class: 'fix-request',
    http: 409,
    en: `The terms of the listing do not fit together. Choose a smallest bid that is not above the amount, and so large that ${BIDS_PER_LISTING_MAX} of them cover it.`,
    zh: `标的条款互相矛盾。起投金额不得高于借款金额，且 ${BIDS_PER_LISTING_MAX} 笔起投金额之和须不低于借款金额。`,
  },
  'market-full': {
    number: 4014,
    class: 'retry-after',
    http: 503,
    isPassing: true,
    en: 'The market holds as many accounts, listings or bids as it can. Try again later with the same key.',
    zh: '市场的账户、标的或投标数量已达上限，请稍后用同一请求编号重试。',
  },
  'balance-too-large': {
    number: 4015,
    class: 'fix-request',
    http: 409,
    en: 'The balance would exceed what an account may hold.',
    zh: '余额将超过账户允许的上限。',
  },
  'outcome-unknown': {
    number: 4016,
    class: 'fix-request',
    http: 404,
    en: 'No command with this key had come in when you asked.',
    zh: '截至查询时，没有收到使用此请求编号的指令。',
  },
  'outcome-pending': {
    number: 4017,
    class: 'retry-after',
    http: 409,
    en: 'Not everything that had come in when you asked is booked yet. Ask again in a moment.',
    zh: '查询时已收到的指令尚未全部入账，请稍后再查。',
  },
  'account-unknown': {
    number: 4018,
    class: 'fix-request',
    http: 404,
    en: 'There is no such account.',
    zh: '没有这个账户。',
  },
  'bid-terms-invalid': {
    number: 4019,
    class: 'fix-request',
    http: 409,
    en: 'The terms of the bid do not fit together. The least to be taken in is not above the amount, and a bid that ranks last has none.',
    zh: '投标条款互相矛盾。最低成交金额不得高于投标金额，且排在最后的投标不得设置最低成交金额。',
  },
  'fill-below-minimum': {
    number: 4020,
    class: 'fix-request',
    http: 409,
    en: 'Less than the smallest bid, or than the least you asked for, could be taken in just now. Nothing was.',
    zh: '目前可成交的金额低于起投金额或您设定的最低成交金额，未成交。',
  },
  'not-immediate': {
    number: 4021,
    class: 'fix-request',
    http: 409,
    en: 'This listing is shared out at its end, so nothing can be taken in at once. Bid until it closes.',
    zh: '该标的在结束时按比例分配，无法立即成交。请使用持续至结束的投标。',
  },
  'listing-scheduled': {
    number: 4022,
    class: 'fix-request',
    http: 409,
    en: 'The listing takes bids only from its opening time on.',
    zh: '该标的尚未开始投标。',
  },
  'listing-not-full': {
    number: 4023,
    class: 'fix-request',
    http: 409,
    en: 'Only a full listing that waits for its reviews can be reviewed.',
    zh: '只有满标待复审的标的才能复审。',
  },
  'reviewer-not-independent': {
    number: 4024,
    class: 'fix-request',
    http: 409,
    en: 'A listing is reviewed by two people who neither borrow nor lend in it, each once.',
    zh: '标的须由两位既非借款人也非投资人的复审员各复审一次。',
  },
  busy: {
    number: 5001,
    class: 'retry-after',
    http: 503,
    isPassing: true,
    en: 'The market is busy. Try again in a moment with the same key.',
    zh: '市场繁忙，请稍后用同一请求编号重试。',
  },
  'journal-unavailable': {
    number: 5002,
    class: 'retry-same-key',
    http: 503,
    en: 'It cannot be told yet whether this was accepted. Send the same again with the same key: it counts once.',
    zh: '暂时无法确认是否已受理。请用同一请求编号重新发送，只会生效一次。',
  },
  'rate-limited': {
    number: 5003,
    class: 'retry-after',
    http: 429,
    en: 'Too many requests. Wait as long as the answer says.',
    zh: '请求过多，请按提示的时间等待。',
  },
  'too-many-in-flight': {
    number: 5004,
    class: 'retry-after',
    http: 429,
    en: 'Too many requests of this connection wait for an answer.',
    zh: '此连接等待应答的请求过多。',
  },
  'records-unavailable': {
    number: 5005,
    class: 'retry-after',
    http: 503,
    en: 'Earlier records cannot be read just now. Nothing is lost; try again in a moment.',
    zh: '历史记录暂时无法读取，数据不会丢失，请稍后再试。',
  },
  'rollout-under-way': {
    number: 5007,
    class: 'retry-after',
    http: 503,
    en: 'The market is being upgraded and cannot do this yet. Nothing happened; try again later.',
    zh: '市场正在升级，暂不支持此操作。指令未生效，请稍后再试。',
  },
  draining: {
    number: 5006,
    class: 'retry-same-key',
    http: 503,
    en: 'This connection is about to close. Connect again and send the same with the same key: it counts once.',
    zh: '此连接即将关闭。请重新连接，并用同一请求编号重新发送，只会生效一次。',
  },
} as const satisfies Record<string, RejectRow>

export type RejectCode = keyof typeof REJECTS

export const REJECT_CODES = Object.keys(REJECTS) as readonly RejectCode[]

const CODES_BY_NUMBER: ReadonlyMap<number, RejectCode> = new Map(
  REJECT_CODES.map((code) => [REJECTS[code].number, code]),
)

/** The code of a number; null when no refusal has it. */
export function rejectCodeOf(number: unknown): RejectCode | null {
  return CODES_BY_NUMBER.get(number as number) ?? null
}

/** Whether a refusal is the answer to its key, for good. */
export function isRemembered(code: RejectCode): boolean {
  const row: RejectRow = REJECTS[code]
  return row.isPassing !== true
}

/** What a caller is told. `field` names the part of the request that was wrong. */
export interface Reject {
  readonly code: RejectCode
  readonly number: number
  readonly class: RejectClass
  readonly en: string
  readonly zh: string
  readonly field?: string
  readonly retryAfterMs?: number
}

/** Looks a code up and adds what is known of this one case. A wait is told in whole milliseconds, rounded up:
 *  clocks that count in fractions are the caller's. */
export function reject(
  code: RejectCode,
  more: { readonly field?: string; readonly retryAfterMs?: number } = {},
): Reject {
  const row: RejectRow = REJECTS[code]
  const { field, retryAfterMs } = more
  return {
    code,
    number: row.number,
    class: row.class,
    en: row.en,
    zh: row.zh,
    ...(field === undefined ? {} : { field }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs: Math.ceil(retryAfterMs) }),
  }
}
