/** What was typed into a long form, kept until it is sent: leaving the page or loading it anew loses nothing.
 *  It stays in this tab only, and nothing secret belongs into it. */
import { reactive, watch } from 'vue'

const PREFIX = 'lendbook.draft.'

/** The fields of a form with what was typed earlier; `forget` once they are sent. For setup. */
export function useDraft<Fields extends Record<string, string>>(
  name: string,
  first: Fields,
): { readonly fields: Fields; readonly forget: () => void } {
  const fields = reactive({ ...first, ...read(name, first) }) as Fields
  const stop = watch(fields, () => write(name, JSON.stringify(fields)))
  return {
    fields,
    forget: () => {
      stop()
      write(name, null)
    },
  }
}

/** Only fields that the form has, and only text. */
function read<Fields extends Record<string, string>>(name: string, first: Fields): Partial<Fields> {
  try {
    const kept = JSON.parse(sessionStorage.getItem(PREFIX + name) ?? '{}') as Record<
      string,
      unknown
    >
    const known = Object.keys(first).filter((field) => typeof kept[field] === 'string')
    return Object.fromEntries(known.map((field) => [field, kept[field]])) as Partial<Fields>
  } catch {
    return {}
  }
}

function write(name: string, text: string | null): void {
  try {
    if (text === null) sessionStorage.removeItem(PREFIX + name)
    else sessionStorage.setItem(PREFIX + name, text)
  } catch {
    // Kept for this page only.
  }
}
