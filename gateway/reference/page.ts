/** The reference as a page to read: HTTP, WebSocket, channels, refusals and limits, made from the same
 *  declarations as the documents for programs. No script, nothing from elsewhere. */
import {
  CHANNEL_FAMILIES,
  CHANNELS,
  CLOSE_CODES,
  GATEWAY_FRAMES,
  OPERATION_NAMES,
  OPERATIONS,
  REJECT_CODES,
  REJECTS,
  ROUTE_KEYS,
  ROUTES,
} from '../../schema/index.ts'
import type { Access, ChannelFamily } from '../../schema/index.ts'
import { STYLE } from './page-style.ts'
import { refusalsOf } from './refusals.ts'
import { Schemas } from './schemas.ts'
import type { Json } from './schemas.ts'

export function referencePage(): string {
  const schemas = new Schemas()
  const sections = [
    section(
      'http',
      'HTTP',
      httpIntro,
      ROUTE_KEYS.map((key) => routeOf(key, schemas)),
    ),
    section(
      'socket',
      'WebSocket',
      socketIntro,
      OPERATION_NAMES.map((name) => operationOf(name, schemas)),
    ),
    section('channels', 'Channels', channelIntro, channelFamilies(schemas)),
    section('frames', 'Frames of the gateway', '', frames(schemas)),
    section('shapes', 'Shapes', 'What answers are made of.', shapes(schemas)),
    section('refusals', 'Refusals', refusalIntro, [refusals(), closeCodes()]),
  ]
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Reference · Lendbook</title>
<style>${STYLE}</style>
<header><p><a href="/">Lendbook</a></p><h1>Reference</h1>
<p>Money is a whole number of <b>minor units</b>: <code>250000</code> is 2,500.00. A rate is a whole number of
<b>parts per million a year</b>: <code>125000</code> is 12.5&nbsp;%. A time is milliseconds since 1970 UTC. Unknown fields are refused.
For programs: <a href="/v1/openapi.json">OpenAPI&nbsp;3.1</a> and <a href="/v1/asyncapi.json">AsyncAPI&nbsp;3.0</a>.</p></header>
<div class="page"><nav aria-label="Contents">${sections.map(({ contents }) => contents).join('')}</nav>
<main>${sections.map(({ body }) => body).join('')}</main></div>
</html>`
}

const httpIntro =
  'The token of a session goes into <code>Authorization: Bearer …</code>. A refusal has its own status and the body <code>{ "error": … }</code>.'
const socketIntro =
  'Connect to <code>/v1/ws</code> with the subprotocol <code>lendbook.v1.json</code> or <code>lendbook.v1.msgpack</code>. A request is <code>{ id, op, p, ack? }</code>, its reply <code>{ t: "reply", id, ok, r | e }</code>.'
const channelIntro =
  'A snapshot holds all of a channel as of its <code>seq</code>, a delta what changed after <code>prev</code>.'
const refusalIntro = 'Act on the class; the code never changes its meaning.'

interface Section {
  readonly contents: string
  readonly body: string
}

/** One thing that is told, and what it is called in the contents. */
interface Told {
  readonly id: string
  readonly title: string
  readonly body: string
}

function section(id: string, title: string, intro: string, told: readonly Told[]): Section {
  const links = told.map((one) => `<li><a href="#${one.id}">${escape(one.title)}</a></li>`).join('')
  const articles = told.map(
    (one) => `<article id="${one.id}"><h3>${escape(one.title)}</h3>${one.body}</article>`,
  )
  return {
    contents: `<h2><a href="#${id}">${title}</a></h2><ul>${links}</ul>`,
    body: `<section id="${id}"><h2>${title}</h2>${intro === '' ? '' : `<p>${intro}</p>`}${articles.join('')}</section>`,
  }
}

function routeOf(key: (typeof ROUTE_KEYS)[number], schemas: Schemas): Told {
  const declared = ROUTES[key]
  const { about, access, body, paidFrom, path, price, query, reply } = declared
  const codes = refusalsOf(declared).map((code) => `<a href="#${code}"><code>${code}</code></a>`)
  return {
    id: idOf(key),
    title: key,
    body: [
      `<p>${escape(about)}</p>${facts({ 'Open to': who(access), 'Paid from': paidFrom, Price: String(price) })}`,
      fields('In the path', schemas.asked(path)),
      fields('In the query', schemas.asked(query)),
      body === null ? '' : fields('Body', schemas.asked(body)),
      shape('Answer', schemas.said(reply)),
      `<details><summary>May be refused with</summary><p>${codes.join(', ')}</p></details>`,
    ].join(''),
  }
}

function operationOf(name: (typeof OPERATION_NAMES)[number], schemas: Schemas): Told {
  const { about, access, params, reply } = OPERATIONS[name]
  return {
    id: `op-${idOf(name)}`,
    title: name,
    body: [
      `<p>${escape(about)}</p>${facts({ 'Open to': who(access) })}`,
      fields('Parameters', schemas.asked(params)),
      shape('Reply', schemas.said(reply)),
    ].join(''),
  }
}

function channelFamilies(schemas: Schemas): readonly Told[] {
  return (Object.keys(CHANNELS) as ChannelFamily[]).map((family) => {
    const { about, snapshot, delta } = CHANNELS[family]
    const isPublic = CHANNEL_FAMILIES[family] === 'public'
    return {
      id: `channel-${family}`,
      title: family === 'listing' ? 'listing:{listingId}' : family,
      body: [
        `<p>${escape(about)}</p>${facts({ 'Open to': isPublic ? 'anyone' : 'oneself' })}`,
        shape('Snapshot', schemas.said(snapshot)),
        shape('Delta', schemas.said(delta)),
      ].join(''),
    }
  })
}

function frames(schemas: Schemas): readonly Told[] {
  return Object.entries(GATEWAY_FRAMES).map(([name, frame]) => {
    const about = `<p>${escape(frame.description ?? '')}</p>`
    schemas.said(frame)
    const component = schemas.components()[frame.meta()?.id ?? ''] as Json
    return { id: `frame-${name}`, title: name, body: about + fields('Fields', component) }
  })
}

/** Whatever was pointed to so far. */
function shapes(schemas: Schemas): readonly Told[] {
  return Object.entries(schemas.components() as Readonly<Record<string, Json>>).map(
    ([name, schema]) => ({
      id: `shape-${name}`,
      title: name,
      body: `<p>${aboutOf(schema)}</p>${fields('Fields', schema)}`,
    }),
  )
}

function refusals(): Told {
  const rows = REJECT_CODES.map((code) => {
    const { number, class: kind, http, en, zh } = REJECTS[code]
    const meaning = `${escape(en)}<br><span lang="zh">${escape(zh)}</span>`
    return `<tr id="${code}"><td>${number}<td><code>${code}</code><td>${kind}<td>${http}<td>${meaning}`
  })
  return {
    id: 'refusal-codes',
    title: 'Codes',
    body: table(['number', 'code', 'class', 'HTTP', 'meaning'], rows),
  }
}

function closeCodes(): Told {
  const rows = Object.entries(CLOSE_CODES).map(
    ([reason, code]) => `<tr><td>${code}<td><code>${reason}</code>`,
  )
  return { id: 'close-codes', title: 'Close codes', body: table(['code', 'reason'], rows) }
}

function who(access: Access): string {
  if (access === 'anyone') return 'anyone'
  return access === 'signed-in' ? 'anyone signed in' : access
}

function facts(told: Readonly<Record<string, string>>): string {
  const rows = Object.entries(told).map(([name, value]) => `<dt>${name}<dd>${escape(value)}`)
  return `<dl>${rows.join('')}</dl>`
}

/** What an answer is: a table of its fields, or one word for it. */
function shape(title: string, schema: Json): string {
  const pointer = schema['$ref']
  if (typeof pointer === 'string') return `<h4>${title}</h4><p>${typeOf(schema)}</p>`
  return schema['properties'] === undefined ? '' : fields(title, schema)
}

function fields(title: string, schema: Json): string {
  const { properties, required = [] } = schema as {
    readonly properties?: Readonly<Record<string, Json>>
    readonly required?: readonly string[]
  }
  if (properties === undefined || Object.keys(properties).length === 0) return ''
  const rows = Object.entries(properties).map(([name, field]) => {
    const mark = required.includes(name) ? '' : '<span title="may be left out">?</span>'
    const about = aboutOf(field)
    return `<tr><td><code>${name}</code>${mark}<td>${typeOf(field)}<td>${about}`
  })
  return `<h4>${title}</h4>${table(['field', 'is', 'meaning'], rows)}`
}

function aboutOf({ description }: Json): string {
  return typeof description === 'string' ? escape(description) : ''
}

/** In a word or two, as an engineer would say it. */
function typeOf(schema: Json): string {
  const { $ref, anyOf, const: only, enum: words, items, type } = schema
  if (typeof $ref === 'string') {
    const name = $ref.split('/').at(-1) ?? ''
    return `<a href="#shape-${name}">${name}</a>`
  }
  if (only !== undefined) return `<code>${escape(JSON.stringify(only))}</code>`
  if (Array.isArray(words)) {
    const shown = words.slice(0, WORDS_SHOWN).map((word) => `<code>${escape(String(word))}</code>`)
    return [...shown, ...(words.length > WORDS_SHOWN ? ['…'] : [])].join(' ')
  }
  if (Array.isArray(anyOf)) return (anyOf as Json[]).map(typeOf).join(' or ')
  if (type === 'array') return `list of ${items === undefined ? 'values' : typeOf(items as Json)}`
  if (type === 'integer') return `whole number${range(schema)}`
  return escape(typeof type === 'string' ? type : 'value')
}

const WORDS_SHOWN = 8

function range({ minimum, maximum }: Json): string {
  const low = typeof minimum === 'number' && Number.isSafeInteger(minimum - 1) ? minimum : null
  const high = typeof maximum === 'number' && maximum < Number.MAX_SAFE_INTEGER ? maximum : null
  if (high === null) return low === null ? '' : `, ${low} or more`
  return `, ${low ?? ''}–${high.toLocaleString('en')}`
}

function table(heads: readonly string[], rows: readonly string[]): string {
  const head = heads.map((name) => `<th scope="col">${name}`).join('')
  return `<div class="scroll" tabindex="0"><table><thead><tr>${head}<tbody>${rows.join('')}</table></div>`
}

function idOf(name: string): string {
  return name.replaceAll(/[^a-z0-9]+/gi, '-').replaceAll(/^-|-$/g, '')
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
