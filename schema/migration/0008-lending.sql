-- Every way to fund a listing, its reviews, and claims with ids of their own. A program of a former build would post
-- loans without their claims, so none of them works on this: stop them all before.

alter table listing drop constraint listing_status_check;
alter table listing add constraint listing_status_check
  check (status in ('open', 'funded', 'expired', 'withdrawn',
                    'scheduled', 'full', 'in-review', 'rejected', 'lapsed')) not valid;
alter table bid drop constraint bid_status_check;
alter table bid add constraint bid_status_check
  check (status in ('open', 'outbid', 'cancelled', 'won', 'expired', 'withdrawn', 'rejected', 'lapsed')) not valid;

-- With so much it is funded; null: with all of it. When its bidding opens; null: when it was put on the market.
alter table listing add column floor_minor bigint;
alter table listing add column opens_at timestamptz;
-- Once it is full: what a uniform auction would have paid by the rule of Vickrey, Clarke and Groves, who has approved it
-- first, and until when it may be reviewed.
alter table listing add column vcg_rate_ppm integer;
alter table listing add column approved_by bigint;
alter table listing add column review_by timestamptz;

-- The least that is to be taken in and to stay, and where it stands; null: the smallest bid, and by its rate.
alter table bid add column min_fill_minor bigint;
alter table bid add column rank text check (rank in ('by-rate', 'last'));

-- Who is owed a part of a loan, at which rate: the loan's own, or what the lender had asked.
create table claim (
  claim_id         bigint primary key,
  loan_id          bigint not null references loan,
  bid_id           bigint not null,
  account_id       bigint not null,
  principal_minor  bigint not null check (principal_minor > 0),
  rate_ppm         integer not null
);
create index claim_loan on claim (loan_id, claim_id);
create index claim_account on claim (account_id, claim_id);

-- Until now a claim had the id of its bid. The engine numbers new ones from behind the last bid on.
insert into claim
  select b.bid_id, l.loan_id, b.bid_id, b.account_id, b.accepted_minor, l.rate_ppm
    from loan l join bid b on b.listing_id = l.loan_id and b.status = 'won';
