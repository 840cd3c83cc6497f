-- accepts: 1
-- A bid can be amended and a listing withdrawn. This only adds: programs of schema version 1 go on
-- working on it, so the roles can be restarted one after the other.

-- The new list holds all of the old one, so what is there need not be looked at: "not valid" checks
-- what is written from now on, without reading a whole table while it is locked.
alter table listing drop constraint listing_status_check;
alter table listing add constraint listing_status_check
  check (status in ('open', 'funded', 'expired', 'withdrawn')) not valid;

alter table bid drop constraint bid_status_check;
alter table bid add constraint bid_status_check
  check (status in ('open', 'outbid', 'cancelled', 'won', 'expired', 'withdrawn')) not valid;

-- The place in time among equal rates of a bid that was amended and stands behind where it stood. Null
-- means the place of its id, which is what every bid has at first: a settler of the version before
-- inserts bids without knowing the column, and what is there stays as it is.
alter table bid add column place bigint;

-- At which rate a bid was taken into its book at first, beside placed_minor, which says how much of it:
-- its rate may change. Null, as a settler of the version before leaves it, means rate_ppm.
alter table bid add column placed_rate_ppm integer;
