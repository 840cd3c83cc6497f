/** What a page costs the browser that shows it. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Browser, CDPSession, Page } from 'playwright-core'

const SIZE = { width: 1366, height: 800 }
/** The slow line and the slow processor of the budget. */
const SLOW = { bitsPerSecond: 1_600_000, latencyMs: 150, times: 4 }
const FIRST_ROW = '[role=rowgroup].body [role=row]'
const SCROLL_PX = 120

export interface Opened {
  readonly page: Page
  readonly session: CDPSession
  close(): Promise<void>
}

/** A page as a newcomer has it: nothing cached, nothing remembered. */
export async function openPage(browser: Browser): Promise<Opened> {
  const context = await browser.newContext({ viewport: SIZE, locale: 'en-US' })
  const page = await context.newPage()
  const session = await context.newCDPSession(page)
  await session.send('Performance.enable')
  return { page, session, close: () => context.close() }
}

/** From the address to the first listing on the screen. */
export async function firstRowsMs(browser: Browser, url: string, isSlow: boolean): Promise<number> {
  const opened = await openPage(browser)
  const { page, session } = opened
  if (isSlow) {
    const bytesPerSecond = SLOW.bitsPerSecond / 8
    await session.send('Network.enable')
    await session.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: SLOW.latencyMs,
      downloadThroughput: bytesPerSecond,
      uploadThroughput: bytesPerSecond,
    })
    await session.send('Emulation.setCPUThrottlingRate', { rate: SLOW.times })
  }
  const startedMs = performance.now()
  await page.goto(url, { waitUntil: 'commit' })
  await page.locator(FIRST_ROW).first().waitFor({ timeout: 60_000 })
  const tookMs = performance.now() - startedMs
  await opened.close()
  return tookMs
}

/** Milliseconds of the main thread in a second, at rest. */
export async function mainThreadMs({ session }: Opened, seconds: number): Promise<number> {
  const before = await taskSeconds(session)
  await wait(seconds * 1_000)
  return ((await taskSeconds(session)) - before) * (1_000 / seconds)
}

async function taskSeconds(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics')
  return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN
}

export interface Frames {
  readonly perSecond: number
  readonly p95Ms: number
}

/** What frames the page paints while it is scrolled down steadily. */
export async function scrollFrames({ page }: Opened, seconds: number): Promise<Frames> {
  await page.mouse.move(SIZE.width / 2, SIZE.height / 2)
  const times = page.evaluate<number[]>(`new Promise((resolve) => {
    const times = []
    const until = performance.now() + ${seconds * 1_000}
    const frame = (now) => {
      times.push(now)
      if (now < until) requestAnimationFrame(frame)
      else resolve(times)
    }
    requestAnimationFrame(frame)
  })`)
  let isDone = false
  const done = times.finally(() => (isDone = true))
  while (!isDone) {
    await page.mouse.wheel(0, SCROLL_PX)
    await wait(16)
  }
  const gaps = (await done).slice(1).map((now, place, all) => now - (all[place - 1] ?? now))
  const known = gaps.slice(1).toSorted((a, b) => a - b)
  const total = known.reduce((sum, gap) => sum + gap, 0)
  return {
    perSecond: (known.length * 1_000) / total,
    p95Ms: known[Math.floor(known.length * 0.95)] ?? Number.NaN,
  }
}

/** The peer: a page of as many rows that stand still, in plain HTML. */
export function plainRows(rows: number): string {
  const row = (place: number) =>
    `<tr>${'<td>#1234</td><td>12.49 %</td><td>$10,000</td>'.repeat(3)}<td>${place}</td></tr>`
  return `<!doctype html><title>plain</title><table>${Array.from({ length: rows }, (_, place) => row(place)).join('')}</table>`
}
