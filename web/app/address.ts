/** Every address of the app, in one table: pages are linked and tested by these. */

/** A listing's number as addresses write it. */
export const LISTING_ID = '([1-9][0-9]{0,14})'

export const address = {
  market: '/',
  portfolio: '/portfolio',
  listing: (listingId: number): string => `/listings/${listingId}`,
  signIn: (next?: string): string =>
    next === undefined ? '/sign-in' : `/sign-in?next=${encodeURIComponent(next)}`,
  borrow: '/borrow',
  desk: '/desk',
  deskListing: (listingId: number): string => `/desk/listings/${listingId}`,
  deskOpenListing: '/desk/listings/open',
  patterns: '/ui',
  company: '/about/company',
  fees: '/about/fees',
  risk: '/about/risk',
  help: '/about/help',
  disclosure: '/about/disclosure',
} as const

/** Where signing in leads back to: a path of ours, never another site. */
export function nextOf(value: unknown): string {
  return typeof value === 'string' && /^\/(?![/\\])/.test(value) ? value : address.market
}
