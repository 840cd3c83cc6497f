import { expect, test } from 'vitest'
import { csvOf } from '../../web/ui/csv.ts'
import { nextOf } from '../../web/ui/one-stop.ts'
import { queueQueryOf, queueStateOf } from '../../web/ui/queue-state.ts'

const columns = [
  { name: 'id' },
  { name: 'status', choices: [{ value: 'open', words: 'Open' }] },
] as const
const first = { sort: 'id', isDescending: true }

test('what of a queue is shown stands in the address and comes back from it', () => {
  const state = {
    text: 'car',
    filters: { status: 'open' },
    sort: 'status',
    isDescending: false,
    page: 3,
  }
  const query = queueQueryOf(state, first)
  expect(query).toEqual({ q: 'car', status: 'open', sort: 'status.up', page: '3' })
  expect(queueStateOf(query as Record<string, string>, columns, first)).toEqual(state)
})

test('a queue as at first has the plain address, and nonsense in an address is as at first', () => {
  const plain = { text: '', filters: {}, ...first, page: 1 }
  expect(queueQueryOf(plain, first)).toEqual({})
  const nonsense = { status: 'gone', sort: 'beauty.up', page: '-1' }
  expect(queueStateOf(nonsense, columns, first)).toEqual(plain)
})

test('a cell that a spreadsheet would run is only read, and what parts cells is quoted', () => {
  const rows = [['=HYPERLINK("x")', '-5', '@cmd', 'a,b', 'two\nlines', '-5 apples']]
  expect(csvOf(['one', 'two'], rows)).toBe(
    'one,two\r\n"\'=HYPERLINK(""x"")",-5,\'@cmd,"a,b","two\nlines",\'-5 apples\r\n',
  )
})

test.each([
  ['ArrowRight', 0, 1],
  ['ArrowDown', 2, 2],
  ['ArrowLeft', 0, 0],
  ['Home', 2, 0],
  ['End', 0, 2],
  ['Enter', 1, null],
])('%s from the item %i of three leads to %s', (key, at, to) => {
  expect(nextOf(key, at, 3)).toBe(to)
})
