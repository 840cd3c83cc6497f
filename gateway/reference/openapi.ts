/** The routes of HTTP as an OpenAPI 3.1 document, made from their declarations. */
import { errorAnswer, REJECTS, ROUTE_KEYS, ROUTES } from '../../schema/index.ts'
import type { RejectCode, RouteDeclaration } from '../../schema/index.ts'
import { refusalsOf } from './refusals.ts'
import { Schemas } from './schemas.ts'
import type { Json } from './schemas.ts'

export function openapi(): Json {
  const schemas = new Schemas()
  const paths: Record<string, Record<string, Json>> = {}
  for (const key of ROUTE_KEYS) {
    const [method = '', path = ''] = key.split(' ')
    paths[path] = { ...paths[path], [method.toLowerCase()]: operationOf(ROUTES[key], schemas) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Lendbook',
      version: 'v1',
      description:
        'Money is a whole number of minor units, a rate a whole number of parts per million a year, a time milliseconds since 1970 UTC. Unknown fields are refused. A refusal has its own HTTP status and the body `{ "error": … }`.',
    },
    servers: [{ url: '/' }],
    tags: tags().map((name) => ({ name })),
    paths,
    components: {
      schemas: schemas.components(),
      securitySchemes: {
        session: { type: 'http', scheme: 'bearer', description: 'The token of a session.' },
      },
    },
  }
}

function tags(): readonly string[] {
  return [...new Set(ROUTE_KEYS.map((key) => tagOf(ROUTES[key])))]
}

/** What the route is about: the first word of its name. */
function tagOf({ name }: RouteDeclaration): string {
  return name.split('.')[0] ?? name
}

function operationOf(declared: RouteDeclaration, schemas: Schemas): Json {
  const { access, about, body, name, paidFrom, price, path, query, reply, contentType } = declared
  return {
    operationId: name,
    summary: about,
    tags: [tagOf(declared)],
    security: access === 'anyone' ? [] : [{ session: [] }],
    'x-access': access,
    'x-paid-from': paidFrom,
    'x-price': price,
    parameters: [...parametersOf('path', path, schemas), ...parametersOf('query', query, schemas)],
    ...(body === null
      ? {}
      : {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: schemas.asked(body) } },
          },
        }),
    responses: {
      200: {
        description: 'Done.',
        content: { [contentType.split(';')[0] ?? '']: { schema: schemas.said(reply) } },
      },
      ...refusalResponses(declared, schemas),
    },
  }
}

function parametersOf(
  place: 'path' | 'query',
  declared: RouteDeclaration['path'],
  schemas: Schemas,
): readonly Json[] {
  const { properties = {}, required = [] } = schemas.asked(declared) as {
    readonly properties?: Readonly<Record<string, Json>>
    readonly required?: readonly string[]
  }
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    ...(description === undefined ? {} : { description }),
    schema,
  }))
}

/** One response for each status, naming the refusals that have it. */
function refusalResponses(declared: RouteDeclaration, schemas: Schemas): Json {
  const byStatus = new Map<number, RejectCode[]>()
  for (const code of refusalsOf(declared)) {
    const { http } = REJECTS[code]
    byStatus.set(http, [...(byStatus.get(http) ?? []), code])
  }
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      status,
      {
        description: codes.map((code) => `\`${code}\`: ${REJECTS[code].en}`).join('\n\n'),
        content: { 'application/json': { schema: schemas.said(errorAnswer) } },
      },
    ]),
  )
}
