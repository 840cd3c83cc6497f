-- accepts: 1
-- The market is somebody: a number made up once, here, and carried by the journal and the snapshots too,
-- so that nobody takes a journal that was lost, or another market's, for this one's. This only adds:
-- programs of schema version 1 go on working on it.

create table market_identity (
  identity    uuid primary key default gen_random_uuid(),
  -- when the journal was seen to carry it; from then on one that does not is not this market's
  carried_at  timestamptz
);
-- One database is one market.
create unique index market_identity_one on market_identity ((true));
insert into market_identity default values;

-- Null for what was archived before there were identities.
alter table engine_snapshot add column identity uuid;
