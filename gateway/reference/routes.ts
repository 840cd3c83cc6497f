/** The gateway's own documents over HTTP, written once at start. */
import { Written } from '../http/answer.ts'
import type { Handlers } from '../http/handling.ts'
import { asyncapi } from './asyncapi.ts'
import { openapi } from './openapi.ts'
import { referencePage } from './page.ts'

const OPENAPI = new Written<Record<string, unknown>>(JSON.stringify(openapi()))
const ASYNCAPI = new Written<Record<string, unknown>>(JSON.stringify(asyncapi()))
const PAGE = new Written<string>(referencePage())

export const referenceRoutes = {
  'GET /v1/openapi.json': () => OPENAPI,
  'GET /v1/asyncapi.json': () => ASYNCAPI,
  'GET /v1/reference': () => PAGE,
} satisfies Partial<Handlers>
