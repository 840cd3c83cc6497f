/** What was typed into a long form, kept until it is sent: leaving the page or loading it anew loses nothing.
 *  It stays in this tab and with this account only, and nothing secret belongs into it. */
import { reactive, watch } from 'vue'
import type { IntentPlace, OpenIntent } from '../data/intent.ts'
import { session } from '../data/session.ts'

const PREFIX = 'lendbook.draft.'

interface Draft<Fields> {
  readonly fields: Fields
  /** What was sent of it and has no answer is kept beside it, so that it is not sent twice under two keys. */
  readonly place: IntentPlace
  /** Once they are sent. */
  readonly forget: () => void
}

/** The fields of a form with what was typed earlier. For setup. */
export function useDraft<Fields extends Record<string, string>>(
  form: string,
  first: Fields,
): Draft<Fields> {
  const name = `${form}.${session.value?.accountId ?? 0}`
  const fields = reactive({ ...first, ...read(name, first) }) as Fields
  const stop = watch(fields, () => write(name, JSON.stringify(fields)))
  return {
    fields,
    place: placeOf(`${name}.sent`),
    forget: () => {
      stop()
      write(name, null)
    },
  }
}

function placeOf(name: string): IntentPlace {
  return {
    read: () => {
      const kept = parsed(name)
      if (!Array.isArray(kept)) return []
      return kept.filter(isIntent)
    },
    write: (open) => write(name, open.length === 0 ? null : JSON.stringify(open)),
  }
}

function isIntent(one: Partial<OpenIntent> | null): one is OpenIntent {
  return typeof one?.form === 'string' && typeof one.key === 'string'
}

/** Only fields that were asked for, and only text. */
function read<Fields extends Record<string, string>>(name: string, first: Fields): Partial<Fields> {
  const kept = (parsed(name) ?? {}) as Record<string, unknown>
  const known = Object.keys(first).filter((field) => typeof kept[field] === 'string')
  return Object.fromEntries(known.map((field) => [field, kept[field]])) as Partial<Fields>
}

/** null: nothing that can be read. */
function parsed(name: string): unknown {
  try {
    return JSON.parse(sessionStorage.getItem(PREFIX + name) ?? 'null')
  } catch {
    return null
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
