-- accepts: 1
-- Which settler works, for how long, and how often that has changed. This only adds to what programs of
-- schema version 1 see: a settler of theirs takes no notice of the lease, and the cursors keep the two from
-- writing anything twice.

create table settlement_lease (
  -- How many times the lease was taken: a settler that works checks in each of its transactions that
  -- this is still its own.
  term          bigint not null check (term >= 0),
  -- Who holds it; null once it was given back.
  holder        uuid,
  heartbeat_at  timestamptz not null default now(),
  primary key (term)
);
-- One database has one lease.
create unique index settlement_lease_one on settlement_lease ((true));
insert into settlement_lease (term) values (0);

-- What ever went into a balance and out of it grows without a bound: at a trillion a bid and thousands of
-- bids a second it would pass a BIGINT within the hour. Their difference, the balance, is a safe integer.
alter table ledger_account
  alter column debits_minor type numeric,
  alter column credits_minor type numeric;
