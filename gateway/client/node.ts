/** The client for programs: the `ws` package and msgpack. */
import { WebSocket } from 'ws'
import { createClient } from './client.ts'
import type { Client } from './client.ts'
import { msgpackCodec } from './msgpack.ts'
import type { ClientOptions } from './options.ts'
import type { SocketFactory } from './socket.ts'

export * from './index.ts'
export { msgpackCodec } from './msgpack.ts'

/** Like `createClient`, with what Node needs already chosen. */
export function createNodeClient(options: ClientOptions): Client {
  return createClient({ codec: msgpackCodec, socket: nodeSocket, ...options })
}

/** Frames sent in one turn of the event loop leave in one write: with single bids this is what
 *  decides how many a program can send. */
export const nodeSocket: SocketFactory = (url, subprotocol, listener) => {
  const socket = new WebSocket(url, subprotocol, {
    perMessageDeflate: false,
    skipUTF8Validation: true,
    handshakeTimeout: 5_000,
  })
  let cork = (): void => undefined
  socket.on('upgrade', (response) => {
    let isCorked = false
    const uncork = (): void => {
      isCorked = false
      response.socket.uncork()
    }
    cork = () => {
      if (isCorked) return
      isCorked = true
      response.socket.cork()
      setImmediate(uncork)
    }
  })
  socket.on('open', () => listener.onOpen())
  socket.on('message', (data: Buffer, isBinary: boolean) =>
    listener.onMessage(isBinary ? data : data.toString()),
  )
  // 'close' follows every error, so there is nothing more to tell here.
  socket.on('error', () => undefined)
  socket.on('close', (code) => listener.onClose(code))
  return {
    send: (data) => {
      if (socket.readyState !== WebSocket.OPEN) return
      cork()
      socket.send(data)
    },
    close: (code) => (code === undefined ? socket.terminate() : socket.close(code)),
  }
}
