/** The words that every area says, in English: the source of the keys. `zh-cn.ts` has to match it, so a
 *  missing line is a compile error. Each area has its own words beside its pages; what the gateway
 *  refuses is worded by schema/reject.ts. */
import rejects from 'reject-words:en'
import type { BidStatus, FundingMode, ListingStatus, Purpose } from '../data/vocabulary.ts'

const purposes: Record<Purpose, string> = {
  car: 'Car',
  credit_card: 'Credit card',
  debt_consolidation: 'Debt consolidation',
  home_improvement: 'Home improvement',
  house: 'House',
  major_purchase: 'Major purchase',
  medical: 'Medical',
  moving: 'Moving',
  other: 'Other',
  renewable_energy: 'Renewable energy',
  small_business: 'Small business',
  vacation: 'Vacation',
}
const modes: Record<FundingMode, string> = {
  'fixed-rate': 'Fixed rate',
  'uniform-auction': 'Auction',
  'pay-as-bid-auction': 'Own-rate auction',
  'pro-rata': 'Shared out',
  'rate-book': 'Rate book',
}
const listingStatuses: Record<ListingStatus, string> = {
  open: 'Open',
  funded: 'Funded',
  expired: 'Expired',
  withdrawn: 'Withdrawn',
  scheduled: 'Coming up',
  full: 'Full',
  'in-review': 'In review',
  rejected: 'Rejected',
  lapsed: 'Not reviewed',
}
const bidStatuses: Record<BidStatus, string> = {
  open: 'In the book',
  outbid: 'Outbid',
  cancelled: 'Cancelled',
  won: 'Won',
  expired: 'Expired',
  withdrawn: 'Listing withdrawn',
  rejected: 'Listing rejected',
  lapsed: 'Not reviewed in time',
}
export const en = {
  rejects,
  language: { switch: 'Language' },
  skip: 'Skip to the content',
  title: (page: string) => `${page} · Lendbook`,
  nav: {
    main: 'Main',
    menu: 'Menu',
    market: 'Market',
    portfolio: 'Portfolio',
    borrow: 'Borrow',
    desk: 'Desk',
    signIn: 'Sign in',
    signOut: 'Sign out',
  },
  toMarket: 'Go to the market',
  close: 'Close',
  done: 'Done',
  theme: { switch: 'Theme', system: 'As the system', light: 'Light', dark: 'Dark' },
  purposes,
  modes,
  listingStatuses,
  bidStatuses,
  unit: {
    months: (count: string) => `${count} mo`,
    monthsLong: (count: string) => `${count} months`,
    perYear: 'a year',
    bids: (count: number, shown: string) => `${shown} ${count === 1 ? 'bid' : 'bids'}`,
  },
  span: {
    days: (days: number, hours: string) => `${days}d ${hours}h`,
    hours: (hours: number, minutes: string) => `${hours}h ${minutes}m`,
    minutes: (minutes: number, seconds: string) => `${minutes}m ${seconds}s`,
    seconds: (seconds: number) => `${seconds}s`,
    ended: 'Closing',
  },
  feed: {
    stale: (time: string) =>
      `Connection lost. You see the market as it was at ${time}. Connecting again by itself.`,
    refused: 'The market does not accept this page any more. Load it again.',
    again: 'The connection is back. You see the market as it is now.',
  },
  unknownPage: {
    title: 'Nothing here',
    what: 'There is nothing at this address.',
  },
  explain: (what: string) => `How is it computed: ${what}`,
  cash: { available: 'Available' },
  again: 'Send again',
  progress: {
    title: 'What has become of it',
    durable: 'Accepted: it counts from now on',
    recorded: 'Kept in a second place as well',
    settled: 'Booked in your account',
    waiting: 'under way',
  },
  field: {
    reads: (words: string) => `= ${words}`,
    notNumber: (example: string) => `Digits only, for example ${example}.`,
    ambiguous: (one: string, other: string) =>
      `This can be read as ${one} or as ${other}. Write it in one way only.`,
    whole: 'A whole number, please.',
    missing: 'This is needed.',
    negative: 'It cannot be below zero.',
    tooFine: (digits: string) => `At most ${digits} digits after the point.`,
    least: (least: string) => `At least ${least}.`,
    most: (most: string) => `At most ${most}.`,
  },
  queue: {
    filters: 'Filters',
    search: 'Search',
    any: 'any',
    clear: 'Clear filters',
    shown: (shown: string, all: string) => `${shown} of ${all}`,
    csv: 'Save as CSV',
    chosen: (count: string) => `${count} chosen`,
    unchoose: 'Choose none',
    chooseAll: 'Choose all on this page',
    choose: (name: string) => `Choose ${name}`,
    failed: 'The list cannot be read just now. Nothing is lost.',
    retry: 'Try again',
    none: 'Nothing matches these filters.',
    pages: 'Pages',
    before: 'Before',
    after: 'Next',
    page: (page: string, pages: string) => `Page ${page} of ${pages}`,
  },
  record: {
    path: 'Where this is',
    facts: 'Facts',
    history: 'What happened',
    historyNone: 'Nothing yet.',
    actions: 'What may be done',
    actionsNone: 'Nothing at the moment.',
  },
  form: {
    steps: 'Steps',
    check: 'Check',
    faults: 'This is missing or wrong:',
    next: 'Next',
    back: 'Back',
    change: 'Change',
    changeOf: (name: string) => `Change: ${name}`,
  },
  confirm: {
    sending: 'Sending…',
    code: 'Code from your device',
    codeHint: 'Six digits.',
    codeFault: 'Enter the six digits that your device shows.',
  },
  boundary: {
    chunk: 'This page could not be loaded.',
    chunkWhat:
      'The connection broke, or a new version came out while this page was open. Your money and bids are not touched by it.',
    fault: 'Something on this page went wrong.',
    faultWhat:
      'Your money and bids are not touched by it. Load the page again; if it comes back, tell us.',
    reload: 'Load again',
  },
  forbidden: {
    title: 'Not for this account',
    what: 'Your role does not open this page.',
    signIn: 'Sign in to open this page.',
  },
  footer: {
    name: 'About Lendbook',
    company: 'Company',
    fees: 'Fees',
    risk: 'Risks',
    help: 'Help',
    disclosure: 'Disclosure',
    warning:
      'Loans can fail to be paid back. You may lose part or all of what you lend. Nobody guarantees returns.',
  },
}

export type Messages = typeof en
