/** Takes all that was said to an entry into the trace: two engines that said anything else, a refusal code, a
 *  rate or a kept answer, never come to the same digest again.
 *
 *  What counts are the declared fields, not the bytes, so that a build which still writes by the version before
 *  comes to the same. And of the fields those that the version has by which the entry was *asked*: a later build
 *  that reads the entry again knows more fields, and must come to what was said then. */
import { EVENTS } from '../../schema/index.ts'
import type { Event, EventEntry, Writing } from '../../schema/index.ts'
import { SCHEMA_VERSION, WRITING_SINCE } from '../../schema/entry.ts'
import { createTracers } from './trace-forms.ts'
import { Trace } from './trace.ts'
import type { State } from '../state.ts'

type Said = Omit<EventEntry, 'digest'>

const tracers = createTracers<Event>(Object.values(EVENTS), SCHEMA_VERSION)

/** The trace begins with the first entry that says how it was written, and then goes on for ever. */
export function traceEntry(state: State, said: Said, writing: Writing | null): void {
  if (writing !== null) state.trace ??= new Trace()
  const { trace } = state
  if (trace === null) return
  const tell = tracers(writing?.version ?? WRITING_SINCE)
  const { timed, answered } = said
  trace.text(said.id)
  trace.number(said.sequence)
  trace.text(said.source)
  trace.number(said.batch)
  trace.number(said.isDuplicate ? 1 : 0)
  trace.number(timed.length)
  for (const event of timed) tell(event, trace)
  trace.number(answered.length)
  for (const events of answered) {
    trace.number(events.length)
    for (const event of events) tell(event, trace)
  }
}
