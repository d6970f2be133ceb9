-- What administrators see and do in the console. Each CHECK takes what the previous release writes, too.

ALTER TABLE audit_logs DROP CONSTRAINT audit_logs_type_check;
-- NOT VALID: rows that are there passed a narrower check, so nothing has to be read and nobody waits.
ALTER TABLE audit_logs ADD CONSTRAINT audit_logs_type_check CHECK (type IN (
    'BAN_APPLIED', 'BAN_ESCALATED', 'BAN_LIFTED', 'BAN_EXPIRED', 'LIMIT_EXCEEDED', 'QUOTA_WARNING',
    'ACCOUNT_CREATED', 'ACCOUNT_CHANGED', 'KEY_CREATED', 'KEY_REVOKED', 'KEY_ROTATED', 'TIER_CHANGED',
    'ADMIN_SIGN_IN', 'ADMIN_SIGN_IN_FAILED', 'ROUTE_CHANGED', 'SET_ASIDE_RETRIED', 'LEDGER_MISMATCH',
    'LEDGER_RECOUNTED', 'LATENCY_HIGH')) NOT VALID;

-- For sums over all keys of a few days.
CREATE INDEX api_key_usage_daily_by_day ON api_key_usage_daily (usage_date);

-- Route policies whose mode was switched at run time; the others are as their file says.
CREATE TABLE route_modes (
    name       text PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 50),
    shadow     boolean NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now()
);

-- Each caller's most cost units within a minute, hour by hour; kept for two days.
CREATE TABLE caller_peaks (
    hour   timestamptz NOT NULL,
    caller text NOT NULL CHECK (length(caller) BETWEEN 1 AND 128),
    peak   bigint NOT NULL CHECK (peak >= 0),
    PRIMARY KEY (hour, caller)
);
