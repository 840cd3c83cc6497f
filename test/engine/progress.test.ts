import { expect, test } from 'vitest'
import { Progress } from '../../engine/host/index.ts'
import { PROGRESS_MS_MAX } from '../../schema/index.ts'

function withClock() {
  let nowMs = 1_000
  const progress = new Progress('posting', () => nowMs)
  return { progress, pass: (ms: number) => void (nowMs += ms) }
}

const STUCK = [
  `posting: something waits and nothing advances for ${Math.floor(PROGRESS_MS_MAX / 1_000)} s`,
]

test('what waits is told once nothing has advanced for as long as may be', () => {
  const { progress, pass } = withClock()
  progress.note({ isWaiting: true, reached: 7 })
  pass(PROGRESS_MS_MAX)
  progress.note({ isWaiting: true, reached: 7 })
  expect(progress.readiness()).toEqual([])
  pass(1)
  expect(progress.readiness()).toEqual(STUCK)
})

test('a market where nothing waits is ready however long', () => {
  const { progress, pass } = withClock()
  expect(progress.readiness()).toEqual([])
  progress.note({ isWaiting: false, reached: 7 })
  pass(10 * PROGRESS_MS_MAX)
  progress.note({ isWaiting: false, reached: 7 })
  expect(progress.readiness()).toEqual([])
})

test('the wait counts from when something came, not from when something was last done', () => {
  const { progress, pass } = withClock()
  progress.note({ isWaiting: false, reached: 7 })
  pass(10 * PROGRESS_MS_MAX)
  progress.note({ isWaiting: true, reached: 7 })
  pass(PROGRESS_MS_MAX)
  expect(progress.readiness()).toEqual([])
})

test('whatever advances, more may wait all the time; and it is ready again as soon as it does', () => {
  const { progress, pass } = withClock()
  for (let reached = 0; reached < 10; reached++) {
    progress.note({ isWaiting: true, reached })
    pass(PROGRESS_MS_MAX)
    expect(progress.readiness()).toEqual([])
  }
  pass(1)
  expect(progress.readiness()).toEqual(STUCK)
  progress.note({ isWaiting: true, reached: 10 })
  expect(progress.readiness()).toEqual([])
})
