import type { Answer, Event, RejectCode } from '../schema/index.ts'

/** What became of a command: its answer and what that brought about, or why it had no effect. */
export type Outcome = readonly [Answer, ...Event[]] | RejectCode
