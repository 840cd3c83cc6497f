/** Where the keyboard goes when the page under it changes: to what is wrong, or to what came of it. */
import { nextTick } from 'vue'

/** The first field that is marked as wrong, once it is. */
export async function focusFirstFault(form: HTMLElement | null): Promise<void> {
  await nextTick()
  form?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
}

/** Something that says what happened; it takes the focus though one cannot tab to it. */
export async function focusOutcome(find: () => HTMLElement | null | undefined): Promise<void> {
  await nextTick()
  find()?.focus({ preventScroll: false })
}
