/** What comes in by the gateway's port, said byte by byte over a raw socket. */
import { connect } from 'node:net'
import uws from 'uWebSockets.js'
import type { TemplatedApp } from 'uWebSockets.js'
import { afterEach, describe, expect, test } from 'vitest'
import { gatewaySettings } from '../../gateway/config.ts'
import { endAnswer, writeSecurityHeaders } from '../../gateway/http/answer.ts'
import { addressBehind, Door, isHostKnown } from '../../gateway/http/door.ts'
import { listen } from '../../gateway/http/listen.ts'

let app: TemplatedApp | null = null
afterEach(() => app?.close())

const HOST = 'host: market.example\r\n'
const SECOND = `GET /second HTTP/1.1\r\n${HOST}\r\n`

describe('one request that could be read as two is answered once and ends the connection', () => {
  test.each([
    ['two lengths', 'content-length: 0\r\ncontent-length: 4\r\n'],
    ['twice the same length', 'content-length: 0\r\ncontent-length: 0\r\n'],
    ['an unknown encoding', 'transfer-encoding: xchunked\r\n'],
    ['a length and an encoding', 'transfer-encoding: chunked\r\ncontent-length: 4\r\n'],
    ['a signed length', 'content-length: +0\r\n'],
    ['two hosts', 'host: other.example\r\n'],
  ])('%s', async (_, headers) => {
    const port = open()
    const request = `POST /first HTTP/1.1\r\n${HOST}${headers}\r\n`
    const heard = await say(port, request + SECOND)
    expect(heard).not.toContain('200 OK')
    expect(heard).not.toContain('you asked')
  })

  test('and is told so when nothing stands behind it', async () => {
    const heard = await say(
      open(),
      `POST /first HTTP/1.1\r\n${HOST}content-length: 0\r\ncontent-length: 0\r\n\r\n`,
    )
    expect(heard).toMatch(/^HTTP\/1.1 400 Bad Request\r\n[^]*\r\nConnection: close\r\n/)
    expect(heard).toContain('"field":"content-length"')
  })
})

test('HEAD is told what GET is told, without the body', async () => {
  const port = open()
  const got = await say(port, `GET /first HTTP/1.1\r\n${HOST}\r\n`)
  const told = await say(port, `HEAD /first HTTP/1.1\r\n${HOST}\r\n`)
  const [head = '', body = ''] = got.split('\r\n\r\n')
  expect(body).toMatch(/^you asked for \/first/)
  const withoutDate = (text: string): string => text.replace(/date: .*\r\n/i, '')
  expect(withoutDate(told.split('\r\n\r\n')[0] ?? '')).toBe(withoutDate(head))
  expect(told.split('\r\n\r\n')[1]).not.toContain('you asked')
})

test('a page of another name, bound to our address, is turned away', async () => {
  const port = open({ HOSTS: 'market.example, www.market.example' })
  expect(await say(port, `GET /first HTTP/1.1\r\nhost: evil.example\r\n\r\n`)).toMatch(
    /^HTTP\/1.1 403 /,
  )
  expect(await say(port, `GET /first HTTP/1.1\r\nhost: Market.example:8080\r\n\r\n`)).toMatch(
    /^HTTP\/1.1 200 /,
  )
  expect(isHostKnown([], 'anything')).toBe(true)
})

describe('behind a proxy', () => {
  const { TRUSTED_PROXIES: proxies } = gatewaySettings.parse({
    TRUSTED_PROXIES: '10.0.0.0/8, 127.0.0.1, fd00::/8',
  })

  test.each([
    ['203.0.113.9', '198.51.100.1', '203.0.113.9'],
    ['10.0.0.1', '', '10.0.0.1'],
    ['10.0.0.1', '198.51.100.1', '198.51.100.1'],
    ['10.0.0.1', '1.1.1.1, 198.51.100.1, 10.2.3.4', '198.51.100.1'],
    ['10.0.0.1', 'nonsense', '10.0.0.1'],
    ['::ffff:10.0.0.1', '2001:db8::7', '2001:db8::7'],
    ['0000:0000:0000:0000:0000:ffff:0a00:0001', '198.51.100.1', '198.51.100.1'],
  ])('%s with "%s" is %s', (remote, forwarded, address) => {
    expect(addressBehind(proxies, remote, forwarded)).toBe(address)
  })

  test('only one of ours is believed that the caller came by HTTPS', async () => {
    const request = `GET /first HTTP/1.1\r\n${HOST}x-forwarded-proto: https\r\n\r\n`
    expect(await say(open(), request)).not.toContain('strict-transport-security')
    app?.close()
    const heard = await say(open({ TRUSTED_PROXIES: '127.0.0.1' }), request)
    expect(heard).toContain('strict-transport-security: max-age=31536000')
  })

  test.each(['10.0.0.0/33', 'nobody', '10.0.0.1/', '10.0.0.1/8/8'])('%s is no block', (block) => {
    expect(gatewaySettings.safeParse({ TRUSTED_PROXIES: block }).success).toBe(false)
  })
})

test('a certificate without its key is refused at the start', () => {
  expect(gatewaySettings.safeParse({ TLS_CERT_FILE: 'cert.pem' }).success).toBe(false)
})

function open(settings: Record<string, string> = {}): number {
  app = uws.App()
  const door = new Door(app, gatewaySettings.parse(settings))
  for (const method of ['get', 'any'] as const)
    door.on(method, '/*', (response, request) => {
      const body = `you asked for ${request.getUrl()}`
      response.cork(() => {
        response.writeStatus('200 OK')
        writeSecurityHeaders(response)
        endAnswer(response, body)
      })
    })
  return listen(app, '127.0.0.1', 0).port
}

/** What is answered; nothing when the connection is closed without. */
function say(port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text))
    let heard = ''
    socket.on('data', (bytes) => {
      heard += bytes.toString()
      socket.end()
    })
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(heard))
  })
}
