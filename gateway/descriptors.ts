/** How many connections the process can hold: each is an open file, and at the limit of those nothing at all is
 *  accepted any more, not even the question whether the process lives. */
import { readFileSync } from 'node:fs'
import {
  CONNECTIONS_MAX,
  CONNECTIONS_MIN,
  CONNECTIONS_TURNED_AWAY_MAX,
  DESCRIPTORS_RESERVED,
} from '../schema/index.ts'
import { SetupFault } from '../engine/host/index.ts'
import type { Log } from '../engine/host/index.ts'

const BESIDE = DESCRIPTORS_RESERVED + CONNECTIONS_TURNED_AWAY_MAX

/** As many as are allowed, and there is room for; says so when that is fewer. @throws {SetupFault} */
export function connectionsMax(log: Log, descriptors: number = descriptorLimit()): number {
  const connections = Math.min(CONNECTIONS_MAX, descriptors - BESIDE)
  if (connections < CONNECTIONS_MIN)
    throw new SetupFault(
      `the process may have only ${descriptors} files open: allow ${BESIDE + CONNECTIONS_MIN} at least, ${BESIDE + CONNECTIONS_MAX} for all connections (ulimit -n, LimitNOFILE)`,
    )
  if (connections < CONNECTIONS_MAX)
    log.warn({
      at: 'connections-lowered',
      connections,
      descriptors,
      descriptorsWanted: BESIDE + CONNECTIONS_MAX,
    })
  return connections
}

/** Of this process, as the kernel holds it to. */
export function descriptorLimit(): number {
  const limits = readFileSync('/proc/self/limits', 'utf8')
  const soft = /^Max open files\s+(\S+)/m.exec(limits)?.[1] ?? 'unlimited'
  return soft === 'unlimited' ? Number.POSITIVE_INFINITY : Number(soft)
}
