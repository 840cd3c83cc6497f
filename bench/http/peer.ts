/** A server that says hello and nothing else, in a process of its own like the gateway it stands beside. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'

const PROGRAM = `
  const server = require('node:http').createServer((_, response) => {
    response.setHeader('content-type', 'text/plain')
    response.end('hello you')
  })
  server.listen(0, '127.0.0.1', () => console.log(server.address().port))
  process.stdin.on('end', () => process.exit()).resume()
`

/** It ends with us: its standard input is ours to close. */
export async function startPeer(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const child = spawn(process.execPath, ['-e', PROGRAM], { stdio: ['pipe', 'pipe', 'inherit'] })
  const [port] = (await once(child.stdout, 'data')) as [Buffer]
  return {
    url: `http://127.0.0.1:${Number(port)}`,
    stop: async () => {
      child.stdin.end()
      await once(child, 'exit')
    },
  }
}
