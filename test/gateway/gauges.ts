/** One number of a gateway's /metrics; the sum over its labels. */
export async function gauge(baseUrl: string, name: string): Promise<number> {
  const response = await fetch(`${baseUrl}/metrics`)
  const text = await response.text()
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0)
}
