/** Every page of the app, for the tests that look at all of them. */
import type { Page } from 'playwright-core'

export type Who = 'nobody' | 'investor' | 'operator'

export interface AppPage {
  readonly name: string
  readonly who: Who
  readonly path: string
}

/** @param listingId of a listing that is open, @param funded of one that is repaid */
export function pagesOf(listingId: number, funded: number): readonly AppPage[] {
  return [
    { name: 'market', who: 'nobody', path: '/' },
    { name: 'market-own', who: 'investor', path: '/' },
    { name: 'listing', who: 'nobody', path: `/listings/${listingId}` },
    { name: 'listing-own', who: 'investor', path: `/listings/${listingId}` },
    { name: 'listing-funded', who: 'nobody', path: `/listings/${funded}` },
    { name: 'listing-unknown', who: 'nobody', path: '/listings/999999999' },
    { name: 'portfolio', who: 'investor', path: '/portfolio' },
    { name: 'portfolio-nobody', who: 'nobody', path: '/portfolio' },
    { name: 'sign-in', who: 'nobody', path: '/sign-in' },
    { name: 'borrow', who: 'nobody', path: '/borrow' },
    { name: 'company', who: 'nobody', path: '/about/company' },
    { name: 'fees', who: 'nobody', path: '/about/fees' },
    { name: 'risk', who: 'nobody', path: '/about/risk' },
    { name: 'help', who: 'nobody', path: '/about/help' },
    { name: 'disclosure', who: 'nobody', path: '/about/disclosure' },
    { name: 'unknown', who: 'nobody', path: '/nowhere' },
    { name: 'desk', who: 'operator', path: '/desk' },
    { name: 'desk-listing', who: 'operator', path: `/desk/listings/${listingId}` },
    { name: 'desk-open', who: 'operator', path: '/desk/listings/open' },
    { name: 'desk-nobody', who: 'nobody', path: '/desk' },
    { name: 'desk-investor', who: 'investor', path: '/desk' },
  ]
}

/** Goes to a page and waits until it is there, with what it shows. */
export async function visit(page: Page, baseUrl: string, path: string): Promise<void> {
  await page.goto(baseUrl + path)
  await page.locator('main h1').first().waitFor({ state: 'attached' })
  await page.locator('main [aria-busy="true"]').first().waitFor({ state: 'detached' })
}
