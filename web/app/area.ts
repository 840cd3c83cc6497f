/** What an area is to the app: its words, its pages, and how they are reached. The pages themselves and
 *  the layout around them come in the area's own chunks, when one goes there. */
import type { RouteRecordRaw } from 'vue-router'
import type { Permission } from '../../schema/permission.ts'
import type { Locale } from '../i18n/format.ts'

export interface Area {
  readonly words: { readonly load: (locale: Locale) => Promise<void> }
  readonly routes: readonly RouteRecordRaw[]
}

declare module 'vue-router' {
  interface RouteMeta {
    readonly words?: Area['words']
    /** What the page is called, in the language in use. */
    readonly title?: (params: Readonly<Record<string, string>>) => string
    /** The same for everyone, and so rendered when the app is built. */
    readonly isAhead?: boolean
    /** Only who may do this is shown the page. */
    readonly permission?: Permission
  }
}
