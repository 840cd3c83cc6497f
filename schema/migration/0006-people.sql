-- accepts: 1
-- Sessions that have ended by themselves are purged, those above what one person may have go, and devices from
-- which somebody has signed in are known again. This only adds.

create index session_expiry on session (expires_at);
create index session_owner on session (account_id, created_at);

-- A device that a person has signed in from. It tells a secret that it has made up, which opens nothing: who has
-- it is not held back by what others guess. Several people may share one.
create table device (
  account_id  bigint not null references person,
  token_hash  bytea not null,
  seen_at     timestamptz not null default now(),
  primary key (account_id, token_hash)
);
create index device_owner on device (account_id, seen_at);
