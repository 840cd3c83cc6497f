/** The little of a WebSocket that the client needs, so that a browser and Node can each bring theirs. */
export interface Socket {
  send(data: string | Uint8Array): void
  close(code?: number): void
}

/** What the socket tells the client. After `onClose` nothing more is told. */
export interface SocketListener {
  onOpen(): void
  onMessage(data: string | Uint8Array): void
  onClose(code: number): void
}

export type SocketFactory = (url: string, subprotocol: string, listener: SocketListener) => Socket

/** The browser's own WebSocket. */
export const browserSocket: SocketFactory = (url, subprotocol, listener) => {
  const socket = new WebSocket(url, subprotocol)
  socket.binaryType = 'arraybuffer'
  socket.addEventListener('open', () => listener.onOpen())
  socket.addEventListener('close', (event) => listener.onClose(event.code))
  socket.addEventListener('message', (event: MessageEvent<string | ArrayBuffer>) =>
    listener.onMessage(typeof event.data === 'string' ? event.data : new Uint8Array(event.data)),
  )
  return {
    send: (data) => socket.send(typeof data === 'string' ? data : new Uint8Array(data)),
    // A browser may only say 1000 or 3000 and above.
    close: (code) => socket.close(code ?? 1000),
  }
}
