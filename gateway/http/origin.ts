/** A browser says which page a request comes from. Programs say nothing, and are let in. */
export function isSameOrigin(origin: string, host: string): boolean {
  if (origin === '') return true
  try {
    return new URL(origin).host === host
  } catch {
    return false
  }
}
