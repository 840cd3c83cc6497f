import type { en } from './en.ts'

export const zhCn = {
  borrow: { title: '借款' },
} satisfies typeof en
