-- For sums over all keys and providers of some days, as V4 has it for those over all keys. Writing rows of today adds to the end
-- of it, and changing them leaves it alone. Building it holds settlements back, which stay in Redis until then.
CREATE INDEX provider_usage_daily_by_day ON provider_usage_daily (usage_date);

-- The sum of bigints as a bigint. PostgreSQL's own is a numeric, which takes several times the memory for each group and has to
-- be packed for a parallel worker to hand it over. This one fails beyond the range of a bigint (SQLSTATE 22003).
CREATE AGGREGATE bigint_sum (bigint) (
    SFUNC = int8pl,
    STYPE = bigint,
    INITCOND = '0',
    COMBINEFUNC = int8pl,
    PARALLEL = SAFE
);
