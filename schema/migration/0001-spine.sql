-- The record, the ledger and the read tables of one market. Money is BIGINT minor units, a rate an
-- integer ppm of a year, time timestamptz. One database is one market.

-- The archive: every journal entry in order, written ahead of its posting.
create table settlement_journal (
  sequence    bigint primary key check (sequence > 0),
  entry_id    text not null unique,
  at          timestamptz not null,
  -- who wrote it and which of his entries it is: an engine that replays the record needs both to tell
  -- an entry that was sent twice
  source      text not null,
  batch       bigint not null check (batch > 0),
  commands    bytea not null,
  events      bytea not null,
  digest      text not null,
  -- sha256 over the hash before and all of the above but the time, which is in the id
  chain_hash  bytea not null
);
-- Bodies are packed numbers: compressing them again costs the recorder time and wins little.
alter table settlement_journal alter column commands set storage external;
alter table settlement_journal alter column events set storage external;

-- How far each stage has come. Moved by compare-and-set in the transaction of the effect itself.
create table settlement_cursor (
  stage       text primary key check (stage in ('recorded', 'settled')),
  sequence    bigint not null,
  entry_id    text not null,
  digest      text not null,
  chain_hash  bytea not null
) with (fillfactor = 10);
insert into settlement_cursor values
  ('recorded', 0, '0-0', '0000000000000000', '\x'),
  ('settled', 0, '0-0', '0000000000000000', '\x');

-- Chart of accounts. An asset may not be credited below zero, a liability not debited below zero.
create table ledger_chart (
  code    smallint primary key,
  name    text not null,
  ledger  text not null check (ledger in ('custody', 'claims')),
  normal  text not null check (normal in ('debit', 'credit'))
);
insert into ledger_chart values
  (1001, 'bank: pool', 'custody', 'debit'),
  (2001, 'account: available', 'custody', 'credit'),
  (2002, 'account: held', 'custody', 'credit'),
  (2101, 'listing: collected', 'custody', 'credit'),
  (3001, 'claim: principal', 'claims', 'debit'),
  (3002, 'loan: principal', 'claims', 'credit');

-- One bucket of the chart for one owner: an account, a listing, a claim (its bid), a loan (its
-- listing); owner 0 is the market itself.
create table ledger_account (
  code           smallint not null references ledger_chart,
  owner          bigint not null,
  debits_minor   bigint not null check (debits_minor >= 0),
  credits_minor  bigint not null check (credits_minor >= 0),
  primary key (code, owner),
  check (case when code in (1001, 3001) then debits_minor >= credits_minor
              else credits_minor >= debits_minor end)
-- room on each page for the next balance of the same row
) with (fillfactor = 60);

-- One debit and one credit, append-only; corrected only by a reversal. Ids count up from 1 without
-- gaps in the order of the journal, so a rebuild gives the same ids, the same transfer cannot be
-- written twice and a missing one shows. sequence is the entry that caused it, cause its event's code.
create table transfer (
  transfer_id   bigint primary key,
  sequence      bigint not null,
  debit_code    smallint not null,
  debit_owner   bigint not null,
  credit_code   smallint not null,
  credit_owner  bigint not null,
  amount_minor  bigint not null check (amount_minor > 0),
  cause         smallint not null,
  at            timestamptz not null
);

create table listing (
  listing_id         bigint primary key,
  borrower_id        bigint not null,
  mode               text not null,
  status             text not null check (status in ('open', 'funded', 'expired')),
  amount_minor       bigint not null,
  funded_minor       bigint not null,
  rate_ppm           integer not null,
  clearing_rate_ppm  integer,
  term_months        integer not null,
  min_bid_minor      bigint not null,
  bid_count          integer not null,
  grade              text not null,
  purpose            text not null,
  opened_at          timestamptz not null,
  closes_at          timestamptz not null,
  closed_at          timestamptz
);
create index listing_status on listing (status, listing_id);

create table bid (
  bid_id          bigint primary key,
  listing_id      bigint not null,
  account_id      bigint not null,
  amount_minor    bigint not null,
  -- what is in the book now; what was won, once won
  accepted_minor  bigint not null,
  -- what was taken into the book when it was placed
  placed_minor    bigint not null,
  rate_ppm        integer not null,
  status          text not null check (status in ('open', 'outbid', 'cancelled', 'won', 'expired')),
  placed_at       timestamptz not null,
  closed_at       timestamptz
);
alter table bid set (fillfactor = 80);
create index bid_account on bid (account_id, bid_id);
create index bid_listing on bid (listing_id, bid_id);

-- Where the answer to each key lies: command `place` of entry `sequence`.
create table outcome (
  account_id  bigint not null,
  key         uuid not null,
  sequence    bigint not null,
  place       integer not null,
  primary key (account_id, key)
);

create table loan (
  loan_id          bigint primary key,
  borrower_id      bigint not null,
  principal_minor  bigint not null,
  rate_ppm         integer not null,
  term_months      integer not null,
  disbursed_at     timestamptz not null
);

create table schedule (
  loan_id           bigint primary key references loan,
  method            text not null,
  instalment_minor  bigint not null,
  created_at        timestamptz not null default now()
);

create table instalment (
  loan_id          bigint not null references schedule,
  number           integer not null check (number > 0),
  due_on           date not null,
  principal_minor  bigint not null check (principal_minor >= 0),
  interest_minor   bigint not null check (interest_minor >= 0),
  primary key (loan_id, number)
);

-- Work for others, committed with its cause. The queue is only the wake-up: a row is done when the
-- transaction of its effect says so. Ids count up from 1 without gaps in the order of the journal.
create table outbox (
  outbox_id   bigint primary key,
  topic       text not null,
  payload     jsonb not null,
  created_at  timestamptz not null default now(),
  sent_at     timestamptz,
  attempts    integer not null default 0,
  done_at     timestamptz
);
create index outbox_open on outbox (outbox_id) where done_at is null;

-- The engine's snapshots, copied from the journal Redis.
create table engine_snapshot (
  sequence    bigint not null,
  entry_id    text not null,
  digest      text not null,
  number      integer not null,
  chunks      integer not null,
  checksum    bytea not null,
  body        bytea not null,
  created_at  timestamptz not null default now(),
  primary key (sequence, number)
);

create table person (
  account_id     bigint generated always as identity primary key,
  email          text not null,
  name           text not null,
  password_hash  text not null,
  roles          text[] not null,
  created_at     timestamptz not null default now()
);
create unique index person_email on person (lower(email));

create table session (
  token_hash  bytea primary key,
  account_id  bigint not null references person,
  created_at  timestamptz not null default now(),
  expires_at  timestamptz not null
);
