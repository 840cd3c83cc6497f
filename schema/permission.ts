/** Who may do what. A permission is named once here; an operation names the one it needs. */
export const ROLES = ['investor', 'borrower', 'operator', 'reviewer'] as const
export type Role = (typeof ROLES)[number]

export const PERMISSIONS = {
  /** Read one's own cash and bids, ask for one's own outcomes. */
  'own.read': ['investor', 'borrower', 'operator', 'reviewer'],
  /** Ask for the outcome of what was commanded for another's account. */
  'outcome.read': ['operator'],
  /** Place and cancel bids for oneself. */
  'bid.write': ['investor'],
  /** Tell the engine of cash that has arrived. */
  'cash.deposit': ['operator'],
  /** Put a borrower's listing on the market. */
  'listing.open': ['operator'],
  /** Take a borrower's listing off the market. */
  'listing.withdraw': ['operator'],
  /** Approve or reject a full listing. */
  'listing.review': ['reviewer'],
} as const satisfies Record<string, readonly Role[]>
export type Permission = keyof typeof PERMISSIONS

/** Who gets an answer: whoever has the permission, whoever is signed in, or anyone. Nothing at the edge is
 *  declared without it. */
export type Access = Permission | 'signed-in' | 'anyone'

export function isPermitted(permission: Permission, roles: readonly Role[]): boolean {
  const allowed: readonly Role[] = PERMISSIONS[permission]
  return roles.some((role) => allowed.includes(role))
}
