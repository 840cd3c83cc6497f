/** `npm start` once all is built: servers, migrations, programs, the demo market; and Ctrl-C. */
import { join } from 'node:path'
import { messageOf, readConfig, SetupFault } from '../../engine/host/index.ts'
import { migrate } from '../migrate.ts'
import { joinJournal } from './join.ts'
import { Launch } from './launch.ts'
import { lockDataDir } from './lock.ts'
import { isFree } from './ports.ts'
import { closeDataDir } from './privacy.ts'
import { planRoles, withoutServers } from './roles.ts'
import type { RoleSpec, Urls } from './roles.ts'
import { keepSecret } from './secret.ts'
import { startServers } from './servers.ts'
import { launcherSettings } from './setting.ts'
import type { LauncherSettings } from './setting.ts'
import { onStopAsked } from './stop-asked.ts'
import { welcome } from './welcome.ts'

/** Two engines, so that killing either is not noticed. */
const SHAPE = { engines: 2, settlements: 1, workers: 1 }

async function main(): Promise<void> {
  const startedMs = Date.now()
  const settings = readConfig(launcherSettings)
  const unlock = lockDataDir(settings.DATA_DIR)
  process.on('exit', unlock)
  closeDataDir(settings.DATA_DIR)
  if (!(await isFree(settings.PORT)))
    throw new SetupFault(`port ${settings.PORT} is in use: stop what listens there, or set PORT`)

  const launch = new Launch(settings.DATA_DIR, {
    onLine: say,
    onFailure: (line) => void end(1, `${line}; see ${launch.logDir}`),
  })
  let isEnding = false
  const end = async (code: number, line: string): Promise<void> => {
    if (isEnding) return
    isEnding = true
    if (code === 0) say(line)
    else process.stderr.write(`lendbook: ${line}\n`)
    await launch.stop()
    if (code === 0) say('stopped; the data stay in ' + settings.DATA_DIR)
    process.exit(code)
  }
  onStopAsked((why) => void end(0, `${why}: stopping`))

  try {
    await start(launch, settings)
  } catch (error) {
    return await end(2, messageOf(error))
  }
  if (isEnding) return
  welcome(settings, launch, Date.now() - startedMs)
  if (settings.DEMO === 'on') await startDemo(launch, settings)
}

async function start(launch: Launch, settings: LauncherSettings): Promise<void> {
  const urls = await startServers(launch, settings)
  await migrate(urls.databaseUrl)
  await joinJournal(urls, process.env['MARKET'] ?? 'demo')
  const starts = inGroups(settings, urls).flatMap((specs) => {
    const { addProgram } = launch.group()
    return specs.map((spec) => addProgram(spec, { isVital: true }))
  })
  // All of them have to be in the launch before a failure stops what is there.
  await Promise.allSettled(starts)
  await Promise.all(starts)
}

/** The market serves without it: when it fails, that is said and no more. */
async function startDemo(launch: Launch, settings: LauncherSettings): Promise<void> {
  const env = { ...withoutServers(environment(settings)), OPS_PORT: '0' }
  try {
    const demo = { role: 'deploy/demo', name: 'demo', env } as const
    await launch.group().addProgram(demo, { isVital: false })
  } catch (error) {
    say(messageOf(error))
  }
}

/** Started all at once, for each waits for whom it needs; stopped from the gateway inwards. */
function inGroups(settings: LauncherSettings, urls: Urls): readonly (readonly RoleSpec[])[] {
  const shape = { ...SHAPE, gatewayPorts: [settings.PORT] }
  const specs = planRoles(shape, urls, environment(settings))
  const of = (...roles: readonly string[]) => specs.filter(({ role }) => roles.includes(role))
  return [of('engine'), of('workers/settlement'), of('workers'), of('gateway')]
}

function environment(settings: LauncherSettings): NodeJS.ProcessEnv {
  const { DATA_DIR, PORT, DEMO } = settings
  const demo = { DEMO_EMAIL: settings.DEMO_EMAIL, DEMO_PASSWORD: settings.DEMO_PASSWORD }
  return {
    NODE_ENV: 'production',
    ...process.env,
    ...(DEMO === 'on' ? demo : { DEMO_EMAIL: '', DEMO_PASSWORD: '' }),
    DATA_DIR,
    GATEWAY_URL: `http://127.0.0.1:${PORT}`,
    OPERATOR_PASSWORD:
      settings.OPERATOR_PASSWORD ?? keepSecret(join(DATA_DIR, 'operator.password')),
    REVIEWER_PASSWORD:
      settings.REVIEWER_PASSWORD ?? keepSecret(join(DATA_DIR, 'reviewer.password')),
  }
}

function say(line: string): void {
  process.stdout.write(`lendbook: ${line}\n`)
}

try {
  await main()
} catch (error) {
  process.stderr.write(`lendbook: ${messageOf(error)}\n`)
  process.exit(error instanceof SetupFault ? 2 : 1)
}
