/** What a newcomer reads first: where it is, and what to try. */
import type { Launch } from './launch.ts'
import type { LauncherSettings } from './setting.ts'

export function welcome(settings: LauncherSettings, launch: Launch, tookMs: number): void {
  const url = `http://localhost:${settings.PORT}`
  const lines = [
    '',
    `  Lendbook serves at ${url}  (up in ${(tookMs / 1000).toFixed(1)} s)`,
    '',
    ...(settings.DEMO === 'on'
      ? [`  sign in   ${settings.DEMO_EMAIL} / ${settings.DEMO_PASSWORD}, with $25,000 to lend`]
      : ['  The demo market is off: nobody lists and nobody bids.']),
    `  ask       curl ${url}/v1/listings?limit=3`,
    `  break     kill -9 ${launch.pidOf('engine-1')}      one of two engines; nobody notices`,
    '  measure   npm run bench -- pipeline',
    `  logs      ${launch.logDir}`,
    '  stop      Ctrl-C; the next start goes on from here',
    '',
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}
