/** How far an answer must have come before the caller hears it. Without zod: the client is typed by it. */
export const ACK_STAGES = ['durable', 'recorded', 'settled'] as const
export type AckStage = (typeof ACK_STAGES)[number]
