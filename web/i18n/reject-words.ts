import { REJECTS } from '../../schema/reject.ts'
import type { RejectCode } from '../data/vocabulary.ts'
import type { Locale } from './format.ts'

/** The words of a refusal in a language, from the one table that every door uses. */
export function rejectWords(code: RejectCode, locale: Locale): string {
  return locale === 'zh-CN' ? REJECTS[code].zh : REJECTS[code].en
}
