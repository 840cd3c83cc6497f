-- accepts: 1
-- A bid's row carries the key of the command that placed it, so that its owner finds it again. Null where the
-- record does not say it: of bids placed before schema version 4, and while roles of the version before still run.
-- This only adds: a settler of the version before inserts bids without knowing the column.
alter table bid add column key uuid;
