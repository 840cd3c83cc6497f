/** What must be true of the ledger at every moment, each as a query that finds what breaks it. A new
 *  invariant is a row here. Codes are those of ledger/chart.ts. */

export interface Invariant {
  readonly name: string
  /** One row for each fault; its columns say what was found. */
  readonly faults: string
}

export const INVARIANTS: readonly Invariant[] = [
  {
    name: 'debits equal credits in each ledger',
    faults: `
      select c.ledger, sum(a.debits_minor) as debits, sum(a.credits_minor) as credits
        from ledger_account a join ledger_chart c using (code)
       group by c.ledger having sum(a.debits_minor) <> sum(a.credits_minor)`,
  },
  {
    name: 'the bank pool is what clients are owed',
    faults: `
      select pool, owed from
        (select coalesce(sum(debits_minor - credits_minor) filter (where code = 1001), 0) as pool,
                coalesce(sum(credits_minor - debits_minor) filter (where code between 2000 and 2999), 0) as owed
           from ledger_account) sums
       where pool <> owed`,
  },
  {
    name: 'no balance is below zero',
    faults: `
      select a.code, a.owner, a.debits_minor, a.credits_minor
        from ledger_account a join ledger_chart c using (code)
       where case c.normal when 'debit' then debits_minor < credits_minor
                           else credits_minor < debits_minor end`,
  },
  {
    name: 'transfers sum to balances',
    faults: `
      with moved as (
        select code, owner, sum(debit) as debits, sum(credit) as credits from (
          select debit_code as code, debit_owner as owner, amount_minor as debit, 0 as credit from transfer
          union all
          select credit_code, credit_owner, 0, amount_minor from transfer) legs
        group by code, owner)
      select code, owner, m.debits, a.debits_minor, m.credits, a.credits_minor
        from moved m full join ledger_account a using (code, owner)
       where m.debits is distinct from a.debits_minor or m.credits is distinct from a.credits_minor`,
  },
  {
    name: 'transfers are numbered without gaps',
    faults: `
      select count(*) as transfers, min(transfer_id) as first, max(transfer_id) as last
        from transfer having count(*) > 0 and (min(transfer_id) <> 1 or max(transfer_id) <> count(*))`,
  },
  {
    name: 'no transfer is later than the settled entry',
    faults: `
      select max(t.sequence) as posted, c.sequence as settled
        from transfer t, settlement_cursor c where c.stage = 'settled'
       group by c.sequence having max(t.sequence) > c.sequence`,
  },
  {
    name: 'what an account has held is in its open bids',
    faults: `
      with bidden as (
        select account_id as owner, sum(accepted_minor) as bidden from bid where status = 'open' group by 1),
      held as (
        select owner, credits_minor - debits_minor as held from ledger_account where code = 2002)
      select owner, coalesce(held, 0) as held, coalesce(bidden, 0) as bidden
        from held full join bidden using (owner)
       where coalesce(held, 0) <> coalesce(bidden, 0)`,
  },
  {
    name: 'a listing is funded by its bids',
    faults: `
      select l.listing_id, l.status, l.funded_minor, l.bid_count,
             coalesce(sum(b.accepted_minor), 0) as accepted, count(b.bid_id) as bids
        from listing l
        left join bid b on b.listing_id = l.listing_id
                       and b.status = case l.status when 'funded' then 'won' else 'open' end
       where l.status in ('scheduled', 'open', 'full', 'in-review', 'funded')
       group by l.listing_id
      having l.funded_minor <> coalesce(sum(b.accepted_minor), 0) or l.bid_count <> count(b.bid_id)
          or (l.status in ('full', 'in-review', 'funded')
              and l.funded_minor not between coalesce(l.floor_minor, l.amount_minor) and l.amount_minor)`,
  },
  {
    name: 'a bid ends as its listing does',
    faults: `
      select b.bid_id, b.status, l.listing_id, l.status as listing
        from bid b left join listing l using (listing_id)
       where b.status not in ('outbid', 'cancelled')
         and b.status is distinct from case
               when l.status = 'funded' then 'won'
               when l.status in ('full', 'in-review') then 'open'
               else l.status end`,
  },
  {
    name: 'the claims on a loan are its principal',
    faults: `
      select loan_id, principal_minor, claims, owed from (
        select l.loan_id, l.principal_minor,
               (select sum(a.debits_minor - a.credits_minor)
                  from claim c join ledger_account a on a.code = 3001 and a.owner = c.claim_id
                 where c.loan_id = l.loan_id) as claims,
               (select a.credits_minor - a.debits_minor
                  from ledger_account a where a.code = 3002 and a.owner = l.loan_id) as owed
          from loan l) sums
       where claims is distinct from principal_minor or owed is distinct from principal_minor`,
  },
  {
    name: 'a winning bid is one claim, of as much, and only those are',
    faults: `
      select coalesce(b.bid_id, c.bid_id) as bid_id, c.claim_id, b.status, b.accepted_minor, c.principal_minor
        from (select * from bid where status = 'won') b full join claim c using (bid_id)
       where b.accepted_minor is distinct from c.principal_minor or b.listing_id is distinct from c.loan_id`,
  },
  {
    name: 'every funded listing is a loan, and only those',
    faults: `
      select coalesce(loan_id, listing_id) as loan_id, status
        from loan full join (select listing_id, status from listing where status = 'funded') f
          on f.listing_id = loan_id
       where loan_id is null or listing_id is null`,
  },
  {
    name: 'instalments repay the principal',
    faults: `
      select l.loan_id, l.principal_minor, sum(i.principal_minor) as repaid, count(*) as instalments
        from loan l join schedule s using (loan_id) left join instalment i using (loan_id)
       group by l.loan_id
      having sum(i.principal_minor) is distinct from l.principal_minor or count(*) <> l.term_months`,
  },
  {
    name: 'each loan has one job for its schedule, done when it is stored',
    faults: `
      select l.loan_id, count(o.outbox_id) as jobs, count(s.loan_id) as schedules
        from loan l
        left join outbox o on o.topic = 'build-schedule' and (o.payload ->> 'loanId')::bigint = l.loan_id
        left join schedule s using (loan_id)
       group by l.loan_id
      having count(o.outbox_id) <> 1 or count(o.done_at) <> count(s.loan_id)`,
  },
  {
    name: 'a job counts how often it was sent',
    faults: `
      select outbox_id, attempts, sent_at from outbox
       where attempts < 0 or (attempts = 0) <> (sent_at is null)`,
  },
  {
    name: 'no command has two outcomes',
    faults: `
      select sequence, place, count(*) as outcomes from outcome group by 1, 2 having count(*) > 1`,
  },
]
