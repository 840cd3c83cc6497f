import type { Pool } from 'pg'
import { SetupFault } from '../../engine/host/index.ts'

/** The record is worth nothing on a server that says "committed" before the disk has it. */
const NEEDED = { fsync: 'on', full_page_writes: 'on' } as const

/** Throws SetupFault, one clear line, when the server could lose or tear what it has committed. */
export async function assertDurable(pool: Pool): Promise<void> {
  for (const [setting, needed] of Object.entries(NEEDED)) {
    const { rows } = await pool.query<{ value: string }>('select current_setting($1) as value', [
      setting,
    ])
    const found = rows[0]?.value
    if (found !== needed)
      throw new SetupFault(`Postgres has ${setting} ${found}: settlement needs it ${needed}`)
  }
}
