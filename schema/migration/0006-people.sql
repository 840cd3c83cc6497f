-- accepts: 1
-- Sessions that have ended by themselves are purged, those above what one person may have go, and devices from
-- which somebody has signed in are known again. This only adds.

create index session_expiry on session (expires_at);
create index session_owner on session (account_id, created_at);

-- A device that a person has signed in from. It carries a token of its own, which opens nothing: who has it is
-- not held back by what others guess.
create table device (
  token_hash  bytea primary key,
  account_id  bigint not null references person,
  seen_at     timestamptz not null default now()
);
create index device_owner on device (account_id, seen_at);
