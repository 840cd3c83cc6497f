-- accepts: 1
-- By which rules the market's engines answer, and since which entry, as the journal says it: one that is
-- rebuilt from the record says it again. This only adds.

alter table market_identity
  add column rules        text,
  add column rules_since  text;
