/** Who shares a way into the internet: an address of version 4, or the /64 that one household of version 6 has
 *  to itself. Counting single addresses of version 6 would give everybody 2^64 beginnings.
 *  @param address as uWebSockets tells it: all eight groups of a version 6 address */
export function networkOf(address: string): string {
  const groups = address.split(':')
  const isMapped = address.startsWith('0000:0000:0000:0000:0000:ffff:')
  return groups.length === 8 && !isMapped ? groups.slice(0, 4).join(':') : address
}
