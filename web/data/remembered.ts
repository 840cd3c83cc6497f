/** Small choices kept between visits. A browser that keeps nothing (private mode) is no reason to fail. */
const PREFIX = 'lendbook.'

export const remembered = {
  read(name: string): string | null {
    try {
      return localStorage.getItem(PREFIX + name)
    } catch {
      return null
    }
  },
  /** null forgets it. */
  write(name: string, value: string | null): void {
    try {
      if (value === null) localStorage.removeItem(PREFIX + name)
      else localStorage.setItem(PREFIX + name, value)
    } catch {
      // Kept for this visit only.
    }
  },
}
