import { expect, test } from 'vitest'
import { Requests } from '../../gateway/client/requests.ts'

test('all requests that have waited too long are given up in one sweep, however many', () => {
  let nowMs = 0
  const requests = new Requests(
    () => undefined,
    () => nowMs,
    1,
  )
  let given = 0
  for (let count = 0; count < 5_000; count++)
    requests.add(
      'bid.place',
      {},
      { timeoutMs: 1_000 },
      () => undefined,
      () => given++,
    )
  nowMs = 1_000
  requests.sweep()
  expect(given).toBe(5_000)
  expect(requests.size).toBe(0)
})
