import { format, resolveConfig } from 'prettier'
import { expect, test } from 'vitest'
import { reference } from './reference.ts'

test('the reference says what is declared', async () => {
  const file = new URL('../../docs/reference.md', import.meta.url).pathname
  const options = await resolveConfig(file)
  const page = await format(reference(), { ...options, parser: 'markdown' })
  await expect(page).toMatchFileSnapshot(file)
})
