/** The words of this area, together with those that every area says. */
import { defineWords } from '../../i18n/words.ts'
import type { en } from './en.ts'

export const words = defineWords<typeof en>({
  en: () => import('./en.ts').then((file) => file.en),
  'zh-CN': () => import('./zh-cn.ts').then((file) => file.zhCn),
})
export const t = words.t
