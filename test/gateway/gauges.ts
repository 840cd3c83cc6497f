import type { Market } from '../../deploy/local/index.ts'

/** One number of a gateway's /metrics; the sum over its labels. */
export async function gauge(market: Market, name: string, gateway = 0): Promise<number> {
  const { said } = market.running(`gateway-${gateway + 1}`)
  const response = await fetch(`http://127.0.0.1:${said?.opsPort}/metrics`)
  const text = await response.text()
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0)
}
