/** What an area is to the app: its words, its pages, and how they are reached. The pages themselves and
 *  the layout around them come in the area's own chunks, when one goes there. */
import type { ComputedRef } from 'vue'
import type { RouteRecordRaw } from 'vue-router'
import type { Permission } from '../../schema/permission.ts'
import type { Locale } from '../i18n/format.ts'

export interface Area {
  readonly words: { readonly load: (locale: Locale) => Promise<void> }
  readonly routes: readonly RouteRecordRaw[]
}

/** An entry of the navigation, shown to whom it is of use. */
export interface NavLink {
  readonly to: string
  readonly words: ComputedRef<string>
  /** Shown to those who may do this; to everyone without it. */
  readonly permission?: Permission
}

declare module 'vue-router' {
  interface RouteMeta {
    readonly words?: Area['words']
    /** What the page is called, in the language in use. */
    readonly title?: (params: Readonly<Record<string, string>>) => string
    /** Only who may do this is shown the page. */
    readonly permission?: Permission
  }
}
