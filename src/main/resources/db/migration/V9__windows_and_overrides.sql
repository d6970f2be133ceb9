-- Further windows of a tier, as NAME:LIMIT:SECONDS,... in the order of their length. The one of 60 seconds stays in window_limit,
-- which is all that the previous release reads and writes.
ALTER TABLE tiers ADD COLUMN more_windows text;

-- Limits of accounts instead of their tiers'. The previous release does not read them.
CREATE TABLE account_limits (
    account_id    uuid PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    windows       text,                     -- as above with the one of 60 seconds; '' is none, NULL are the tier's
    own_quota     boolean NOT NULL,         -- whether monthly_quota holds instead of the tier's
    monthly_quota bigint CHECK (monthly_quota BETWEEN 0 AND 1000000000000),
    until         timestamptz,
    reason        text NOT NULL CHECK (length(reason) BETWEEN 1 AND 200),
    updated_at    timestamptz NOT NULL DEFAULT now()
);

-- Each caller's most cost units within a window of another length than a minute, hour by hour; kept for two days.
CREATE TABLE caller_window_peaks (
    hour    timestamptz NOT NULL,
    caller  text NOT NULL CHECK (length(caller) BETWEEN 1 AND 128),
    seconds integer NOT NULL CHECK (seconds BETWEEN 1 AND 86400),
    peak    bigint NOT NULL CHECK (peak >= 0),
    PRIMARY KEY (hour, caller, seconds)
);

-- Changes of an account's limits are events of the audit trail. The list is taken from the rule there is and gets one name more, whatever else
-- it holds by now. NOT VALID: what is there satisfies the narrower rule, so it need not be read.
DO $$
DECLARE
    there text;
    wider text;
BEGIN
    SELECT pg_get_expr(conbin, conrelid) INTO STRICT there FROM pg_constraint
    WHERE conrelid = 'audit_logs'::regclass AND conname = 'audit_logs_type_check';
    wider := replace(there, '''TIER_CHANGED''::text', '''TIER_CHANGED''::text, ''LIMITS_CHANGED''::text');
    IF wider = there THEN
        RAISE EXCEPTION 'the rule audit_logs_type_check is not the one that Tollgate made: %', there;
    END IF;
    ALTER TABLE audit_logs DROP CONSTRAINT audit_logs_type_check;
    EXECUTE 'ALTER TABLE audit_logs ADD CONSTRAINT audit_logs_type_check CHECK (' || wider || ') NOT VALID';
END $$;
