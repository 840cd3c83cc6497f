/** Attributes of the platform that Vue's own list does not have yet. */
import 'vue'

declare module 'vue' {
  interface HTMLAttributes {
    popover?: true | '' | 'auto' | 'manual'
  }
  interface ButtonHTMLAttributes {
    popovertarget?: string
  }
}
