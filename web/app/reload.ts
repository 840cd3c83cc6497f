/** Loading the page anew, once for one failure: twice would be a circle. */
const NAME = 'lendbook.reloaded'

/** Loads an address anew unless that has just been tried. @returns whether it does */
export function reloadOnce(path: string): boolean {
  try {
    if (sessionStorage.getItem(NAME) !== null) return false
    sessionStorage.setItem(NAME, path)
  } catch {
    // Without a memory nobody could tell the second time from the first.
    return false
  }
  location.assign(path)
  return true
}

/** A page has come: the next failure is a new one. */
export function forgetReload(): void {
  try {
    sessionStorage.removeItem(NAME)
  } catch {
    // Nothing was kept.
  }
}
