import vue from '@vitejs/plugin-vue'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import { rejectWords } from './reject-words.ts'

const GATEWAY_URL = process.env['GATEWAY_URL'] ?? 'http://127.0.0.1:8080'

/** The runtime, the shell, and what they import: of each area only its addresses and the way to its words. */
const CORE = new RegExp(
  [
    String.raw`/node_modules/(vue|@vue|vue-router)/`,
    String.raw`/(schema/(?!declare|market/(command|event))|gateway/client/)`,
    String.raw`/web/app/(?!main\.ts|ahead\.ts)`,
    String.raw`/web/data/(?!queries\.ts|rules\.ts)`,
    String.raw`/web/i18n/(?!en\.ts|zh-cn\.ts|read-number\.ts)`,
    String.raw`/web/(invest|borrow|desk|public)/(area|words/index)\.ts$`,
    // The styles of all pages, first of all: they say in what order layers count.
    String.raw`/web/ui/(base|tokens|font)\.css$`,
    String.raw`/web/ui/(media|state-note|stale-line|money-amount|theme)\b`,
  ].join('|'),
)

/** `vite build -c web/vite.config.ts` writes dist/web, which the gateway serves. In development
 *  `vite -c web/vite.config.ts` serves the sources and passes `/v1` on to a running gateway. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  // All components are set up by functions: what serves the other way stays out.
  plugins: [vue({ features: { optionsAPI: false } }), rejectWords],
  publicDir: 'static',
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    // What is loaded beside each page is looked up in it when the pages are written; then it goes.
    manifest: true,
    target: 'baseline-widely-available',
    // The contract's files only define things, so what is not used of them (zod's validators above
    // all) stays out of the bundle, also when someone imports from its index.
    rolldownOptions: {
      // What every page needs is one file: over HTTP/1.1 twenty small ones wait for each other.
      output: { codeSplitting: { groups: [{ name: 'core', test: CORE }] } },
      treeshake: { moduleSideEffects: (id) => !id.includes('/schema/') },
    },
  },
  css: { transformer: 'lightningcss' },
  server: { proxy: { '/v1': { target: GATEWAY_URL, ws: true } } },
})
