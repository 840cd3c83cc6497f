/** Who shares a way into the internet: an address of version 4, or the /64 that one household of version 6 has
 *  to itself. Counting single addresses of version 6 would give everybody 2^64 beginnings.
 *  @param address as uWebSockets or a proxy tells it: all eight groups of version 6, or shortened */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address
  const groups = groupsOf(address)
  const isMapped = groups.length === 8 && groups.slice(0, 6).join(':') === '0:0:0:0:0:ffff'
  return groups.length === 8 && !isMapped ? groups.slice(0, 4).join(':') : address
}

/** The groups of an address of version 6 without leading zeros; other than eight when it is none. */
function groupsOf(address: string): readonly string[] {
  const [before = '', after] = address.toLowerCase().split('::')
  const head = before === '' ? [] : before.split(':')
  const tail = after === undefined || after === '' ? [] : after.split(':')
  const left = after === undefined ? 0 : Math.max(0, 8 - head.length - tail.length)
  const groups = [...head, ...Array.from({ length: left }, () => '0'), ...tail]
  return groups.map((group) => group.replace(/^0+(?=.)/, ''))
}
