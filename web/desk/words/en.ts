export const en = {
  listings: {
    title: 'Listings',
    number: (id: string) => `Listing ${id}`,
  },
  withdraw: {
    why: 'As an operator you can take this listing off the market for its borrower.',
    open: 'Withdraw listing',
    title: (id: string) => `Withdraw listing ${id}?`,
    about:
      'It leaves the market, and all its bids get their cash back at once. This cannot be undone.',
    bids: 'Bids taken out',
    back: 'Goes back to investors',
    keep: 'Keep it open',
    submitting: 'Withdrawing…',
    doneTitle: (id: string) => `Listing ${id} is withdrawn`,
    released: (amount: string, bids: string) => `${amount} went back to the investors of ${bids}.`,
    noneReleased: 'It had no bids, so no cash moved.',
    done: 'The listing is withdrawn, and all its bids have their cash back.',
    unanswered:
      'No answer came in time, so we do not know yet. Send again: it is the same withdrawal and counts once.',
  },
}
