/** Which refusals a route may answer, as far as its declaration tells. */
import { REJECT_CODES, REJECTS } from '../../schema/index.ts'
import type { RejectCode, RouteDeclaration } from '../../schema/index.ts'

/** Of the edge: they may come to anything. */
const ALWAYS: readonly RejectCode[] = ['session-expired', 'rate-limited', 'busy']
const OF_BODIES: readonly RejectCode[] = ['frame-malformed', 'message-too-large']
const OF_COMMANDS: readonly RejectCode[] = [
  'journal-unavailable',
  'draining',
  'rollout-under-way',
  'key-reused',
  'key-expired',
  'key-ahead',
]

/** Of asking what became of something; no command is answered so. */
const OF_OUTCOMES: readonly RejectCode[] = ['outcome-unknown', 'outcome-pending']

const ASKS_OUTCOMES: ReadonlySet<string> = new Set(['outcome.get', 'bid.get', 'bid.find'])

/** In the order of the table of refusals. */
export function refusalsOf(declared: RouteDeclaration): readonly RejectCode[] {
  const { access, body, operation, otherwise, path, query } = declared
  const codes = new Set<RejectCode>(ALWAYS)
  const add = (more: readonly RejectCode[]): void => more.forEach((code) => codes.add(code))
  if (access !== 'anyone') add(['not-logged-on'])
  if (access !== 'anyone' && access !== 'signed-in') add(['permission-missing'])
  if (body !== null) add([...OF_BODIES, 'field-invalid'])
  if (Object.keys(query.shape).length > 0) add(['field-invalid'])
  if (Object.keys(path.shape).length > 0) add([otherwise])
  if (operation === null) add(['records-unavailable'])
  if (ASKS_OUTCOMES.has(declared.name)) add(OF_OUTCOMES)
  else add([...OF_COMMANDS, ...REJECT_CODES.filter(isOfTheMarket)])
  return REJECT_CODES.filter((code) => codes.has(code))
}

function isOfTheMarket(code: RejectCode): boolean {
  const { number } = REJECTS[code]
  return number >= 4_000 && number < 5_000 && !OF_OUTCOMES.includes(code)
}
