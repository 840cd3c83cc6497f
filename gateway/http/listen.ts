/** Taking the port, and giving it back. */
import uws from 'uWebSockets.js'
import type { TemplatedApp, us_listen_socket } from 'uWebSockets.js'
import { SetupFault } from '../../engine/host/index.ts'

export interface Listening {
  /** The port that was taken, also when 0 was asked for. */
  readonly port: number
  /** Nobody new gets in; those who are in stay. */
  close(): void
}

/** LIBUS_LISTEN_EXCLUSIVE_PORT, which the typings do not export as a value. */
const EXCLUSIVE_PORT = 1

/** Nor do they know listening on a host with options. */
interface ListeningApp {
  listen(
    host: string,
    port: number,
    options: number,
    then: (socket: us_listen_socket | false) => void,
  ): TemplatedApp
}

/** Takes the port for this process alone: another one there would otherwise share its connections.
 *  Throws SetupFault when it is taken. */
export function listen(app: TemplatedApp, host: string, port: number): Listening {
  const opened: { socket: us_listen_socket | false } = { socket: false }
  const listening = app as unknown as ListeningApp
  listening.listen(host, port, EXCLUSIVE_PORT, (socket) => {
    opened.socket = socket
  })
  const { socket } = opened
  if (socket === false)
    throw new SetupFault(`port ${port} on ${host} is in use or not allowed: choose another PORT`)
  return { port: uws.us_socket_local_port(socket), close: () => uws.us_listen_socket_close(socket) }
}
