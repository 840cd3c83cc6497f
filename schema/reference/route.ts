/** What the gateway says of itself: its own documents, made from the declarations. */
import { z } from 'zod'
import { route } from '../declare/route.ts'

const document = z.record(z.string(), z.unknown())

export const REFERENCE_ROUTES = {
  'GET /v1/openapi.json': route({
    access: 'anyone',
    paidFrom: 'queries',
    name: 'reference.openapi',
    about: 'The HTTP routes as an OpenAPI 3.1 document.',
    reply: document,
  }),
  'GET /v1/asyncapi.json': route({
    access: 'anyone',
    paidFrom: 'queries',
    name: 'reference.asyncapi',
    about: 'The WebSocket as an AsyncAPI 3.0 document.',
    reply: document,
  }),
  'GET /v1/reference': route({
    access: 'anyone',
    paidFrom: 'queries',
    name: 'reference.page',
    about: 'Both as a page to read.',
    reply: z.string(),
    contentType: 'text/html; charset=utf-8',
  }),
} as const
