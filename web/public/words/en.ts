export const en = {
  aboutPages: 'These pages',
  about: {
    company: {
      title: 'Company',
      lead: 'Lendbook is a market where people lend to people: borrowers say what they need, investors say at what rate they lend.',
      parts: [
        {
          head: 'What we do',
          texts: [
            'We run the market and keep its books. Every bid, every fill and every movement of money is recorded the moment it happens and can be checked afterwards, to the cent.',
            'We do not lend with money of our own, and we do not promise returns.',
          ],
        },
        {
          head: 'Where the money is',
          texts: [
            'What you hold is yours. It is kept apart from our own money and is used for your bids only.',
            'This installation is a demonstration: its money is play money and its borrowers are made up from public records of past loans.',
          ],
        },
      ],
    },
    fees: {
      title: 'Fees',
      lead: 'At present Lendbook takes no fees, neither of investors nor of borrowers.',
      parts: [
        {
          head: 'For investors',
          texts: [
            'Bidding, changing and cancelling a bid cost nothing. The interest that is shown is before tax.',
          ],
        },
        {
          head: 'For borrowers',
          texts: [
            'A borrower pays the interest of the loan and nothing else. A listing that is not funded costs nothing.',
          ],
        },
        {
          head: 'If that changes',
          texts: [
            'Fees are announced before they begin, and never change a loan that is paid out.',
          ],
        },
      ],
    },
    risk: {
      title: 'Risks',
      lead: 'Lending to people is not saving. You may lose part or all of what you lend.',
      parts: [
        {
          head: 'Loans that are not paid back',
          texts: [
            'Some borrowers pay late, some never. Grades tell how often that happened with loans like this one; they do not tell what a single borrower will do.',
            'No fund stands in for losses, and no public scheme protects your deposit.',
          ],
        },
        {
          head: 'Money that is tied up',
          texts: [
            'A loan runs for months or years. Until it is paid back your money is not available.',
          ],
        },
        {
          head: 'Spread it',
          texts: [
            'Many small parts of many loans lose less at once than one large part of one. Do not lend what you will need.',
          ],
        },
      ],
    },
    help: {
      title: 'Help',
      lead: 'How to begin, and what to do when something is not as you expected.',
      parts: [
        {
          head: 'How money gets here',
          texts: [
            'Money arrives by bank transfer and is credited by our staff. In this demonstration the demo investor has play money from the start.',
          ],
        },
        {
          head: 'How a bid works',
          texts: [
            'A bid sets money aside the moment it is accepted. If the listing is funded, it becomes your part of the loan. If not, or if a better bid takes its place, the money is available again at once.',
            'In an auction you say the lowest rate at which you lend. When it closes, all winners earn the same rate: that of the last bid that was needed. It is never below yours.',
          ],
        },
        {
          head: 'When the connection breaks',
          texts: [
            'The page turns grey and says so, and comes back by itself. A bid that was on its way counts once, however often it is sent: your portfolio shows what became of it.',
          ],
        },
        {
          head: 'Complaints',
          texts: [
            'Write down the number of the listing and the time. Every step is recorded, so that what happened can be found out.',
          ],
        },
      ],
    },
    disclosure: {
      title: 'Disclosure',
      lead: 'What we tell everyone, and where it comes from.',
      parts: [
        {
          head: 'The market',
          texts: [
            'Open listings, their books and all fills are public and live on the market page. Closed listings keep their terms, their rate and their fills.',
          ],
        },
        {
          head: 'Grades',
          texts: [
            'What is said of a grade comes from 8,000 loans that LendingClub issued from January to March 2018, as they stood after three to five instalments (public statistics, in the data set loans_full_schema of openintro). More than 15 days late or lost: A 9 of 1,992, B 18 of 2,394, C 29 of 2,141, D 26 of 1,151, E 8 of 268, F and G 6 of 54.',
            'They were young loans then: over their whole term more of them fail.',
          ],
        },
        {
          head: 'Interest after losses',
          texts: [
            "It is the yearly rate less a year's loss, as if all that was late were lost and it went on as fast. It is an estimate and no promise.",
          ],
        },
      ],
    },
  },
  signIn: {
    title: 'Sign in',
    lead: 'Lend to real people, one bid at a time, and watch every cent.',
    email: 'Email',
    password: 'Password',
    submit: 'Sign in',
    submitting: 'Signing in…',
    register: 'Create an account',
    registerLead: 'An account to lend with. Your name is shown to you alone.',
    name: 'Name',
    passwordHint: 'At least 10 characters.',
    submitRegister: 'Create account',
    toRegister: 'New here? Create an account',
    toSignIn: 'Have an account? Sign in',
    demo: 'Enter as demo investor',
    demoWhy: 'One click, play money, the real market. Everyone who enters shares this investor.',
    emailMissing: 'Enter an email address, like name@example.com.',
    passwordMissing: 'Enter your password.',
    passwordShort: 'Use at least 10 characters.',
    nameMissing: 'Enter your name.',
    unreachable: 'The market cannot be reached. Check the connection and try again.',
  },
}
