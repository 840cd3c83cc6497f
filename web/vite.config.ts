import vue from '@vitejs/plugin-vue'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

const GATEWAY_URL = process.env['GATEWAY_URL'] ?? 'http://127.0.0.1:8080'

/** `vite build -c web/vite.config.ts` writes dist/web, which the gateway serves. In development
 *  `vite -c web/vite.config.ts` serves the sources and passes `/v1` on to a running gateway. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [vue()],
  publicDir: 'static',
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: 'baseline-widely-available',
    // The contract's files only define things, so what is not used of them (zod's validators above
    // all) stays out of the bundle, also when someone imports from its index.
    rolldownOptions: { treeshake: { moduleSideEffects: (id) => !id.includes('/schema/') } },
  },
  css: { transformer: 'lightningcss' },
  server: { proxy: { '/v1': { target: GATEWAY_URL, ws: true } } },
})
