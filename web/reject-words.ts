/** The words of refusals in one language, from the one table that every door uses. The table has both languages
 *  beside each other; a visitor reads one, so a build takes them out of it one by one. */
import type { Plugin } from 'vite'
import { REJECTS } from '../schema/reject.ts'

const NAME = /^reject-words:(en|zh)$/
/** Says to other plugins that it is no file. */
const MARK = '\0'

export const rejectWords: Plugin = {
  name: 'reject-words',
  resolveId: (id) => (NAME.test(id) ? MARK + id : null),
  load: (id) => {
    const language = id.startsWith(MARK) ? NAME.exec(id.slice(1))?.[1] : undefined
    if (language !== 'en' && language !== 'zh') return null
    const words = Object.entries(REJECTS).map(([code, row]) => [code, row[language]])
    return `export default ${JSON.stringify(Object.fromEntries(words))}`
  },
}
