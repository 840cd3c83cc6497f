/** `NODE_OPTIONS=--import=…/mutate.mjs`: starts a program of dist/ with one line of it changed, to see
 *  whether the tests notice. MUTATION is JSON: [{ "module", "from", "to" }]. */
import { register } from 'node:module'

register('./mutate-hooks.mjs', import.meta.url)
