/** The close codes of a WebSocket, for the ends that no reply can tell. Apart from the refusals: a client has to
 *  know these, and hears the words of those. */
export const CLOSE_CODES = {
  /** The gateway is closing: connect again after a moment, and resume. */
  goaway: 4000,
  /** The session was ended: log on again. */
  'session-expired': 4001,
  /** What was sent is not the protocol: do not come back with the same. */
  'protocol-error': 4002,
  /** Kept on after being told to slow down. */
  'rate-limited': 4003,
  /** Did not read what was sent: connect again and resume. */
  'slow-reader': 4008,
} as const
export type CloseReason = keyof typeof CLOSE_CODES
