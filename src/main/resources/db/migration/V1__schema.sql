-- The schema of Tollgate's first release. Times are timestamptz, days are UTC dates, counts are bigint and never negative.

CREATE TABLE tiers (
    name          text PRIMARY KEY CHECK (name ~ '^[a-z0-9][a-z0-9_-]{0,49}$'),
    window_limit  bigint CHECK (window_limit BETWEEN 0 AND 1000000000000),   -- per 60 s; NULL is unlimited
    monthly_quota bigint CHECK (monthly_quota BETWEEN 0 AND 1000000000000),  -- per UTC month; NULL is unlimited
    updated_at    timestamptz NOT NULL DEFAULT now()
);

INSERT INTO tiers (name, window_limit, monthly_quota) VALUES
    ('free', 10, 1000),
    ('pro', 100, 50000),
    ('enterprise', NULL, NULL),
    ('anonymous', 10, NULL);

CREATE TABLE accounts (
    id         uuid PRIMARY KEY,
    name       text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    tier       text NOT NULL REFERENCES tiers (name),
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX accounts_by_age ON accounts (created_at DESC, id);

CREATE TABLE api_keys (
    id                   uuid PRIMARY KEY,
    account_id           uuid NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    name                 text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    key_hash             char(64) NOT NULL UNIQUE CHECK (key_hash ~ '^[0-9a-f]{64}$'),
    prefix               char(8) NOT NULL,
    active               boolean NOT NULL DEFAULT true,
    window_limit         bigint CHECK (window_limit BETWEEN 0 AND 1000000000000),
    created_at           timestamptz NOT NULL DEFAULT now(),
    expires_at           timestamptz,
    revoked_at           timestamptz,
    -- Settled totals. settled_batch is the last batch applied to this key: what makes applying a claim idempotent.
    total_requests       bigint NOT NULL DEFAULT 0 CHECK (total_requests >= 0),
    successful_requests  bigint NOT NULL DEFAULT 0 CHECK (successful_requests >= 0),
    failed_requests      bigint NOT NULL DEFAULT 0 CHECK (failed_requests >= 0),
    total_files_uploaded bigint NOT NULL DEFAULT 0 CHECK (total_files_uploaded >= 0),
    total_file_size      bigint NOT NULL DEFAULT 0 CHECK (total_file_size >= 0),
    file_type_counts     jsonb NOT NULL DEFAULT '{}',
    last_used_at         timestamptz,
    settled_batch        bigint NOT NULL DEFAULT 0,
    -- The epoch of Redis's ledger the last claim came from, and the requests of that epoch settled or set aside.
    ledger_epoch         bigint NOT NULL DEFAULT 0,
    ledger_requests      bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 70); -- room for settled totals to change in place, leaving the indexes alone
CREATE INDEX api_keys_of_account ON api_keys (account_id, created_at DESC, id);
CREATE INDEX api_keys_by_prefix ON api_keys (prefix);

CREATE TABLE provider_usage (
    api_key_id           uuid NOT NULL REFERENCES api_keys (id) ON DELETE CASCADE,
    provider             text NOT NULL CHECK (length(provider) BETWEEN 1 AND 50),
    total_requests       bigint NOT NULL DEFAULT 0 CHECK (total_requests >= 0),
    successful_requests  bigint NOT NULL DEFAULT 0 CHECK (successful_requests >= 0),
    failed_requests      bigint NOT NULL DEFAULT 0 CHECK (failed_requests >= 0),
    total_files_uploaded bigint NOT NULL DEFAULT 0 CHECK (total_files_uploaded >= 0),
    total_file_size      bigint NOT NULL DEFAULT 0 CHECK (total_file_size >= 0),
    last_used_at         timestamptz,
    PRIMARY KEY (api_key_id, provider)
) WITH (fillfactor = 80);

CREATE TABLE api_key_usage_daily (
    api_key_id           uuid NOT NULL REFERENCES api_keys (id) ON DELETE CASCADE,
    usage_date           date NOT NULL,
    total_requests       bigint NOT NULL DEFAULT 0 CHECK (total_requests >= 0),
    successful_requests  bigint NOT NULL DEFAULT 0 CHECK (successful_requests >= 0),
    failed_requests      bigint NOT NULL DEFAULT 0 CHECK (failed_requests >= 0),
    total_files_uploaded bigint NOT NULL DEFAULT 0 CHECK (total_files_uploaded >= 0),
    total_file_size      bigint NOT NULL DEFAULT 0 CHECK (total_file_size >= 0),
    PRIMARY KEY (api_key_id, usage_date)
) WITH (fillfactor = 80);

CREATE TABLE provider_usage_daily (
    api_key_id           uuid NOT NULL REFERENCES api_keys (id) ON DELETE CASCADE,
    usage_date           date NOT NULL,
    provider             text NOT NULL CHECK (length(provider) BETWEEN 1 AND 50),
    total_requests       bigint NOT NULL DEFAULT 0 CHECK (total_requests >= 0),
    successful_requests  bigint NOT NULL DEFAULT 0 CHECK (successful_requests >= 0),
    failed_requests      bigint NOT NULL DEFAULT 0 CHECK (failed_requests >= 0),
    total_files_uploaded bigint NOT NULL DEFAULT 0 CHECK (total_files_uploaded >= 0),
    total_file_size      bigint NOT NULL DEFAULT 0 CHECK (total_file_size >= 0),
    PRIMARY KEY (api_key_id, usage_date, provider)
) WITH (fillfactor = 80);

CREATE TABLE quota_usage (
    account_id uuid NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    month      char(7) NOT NULL CHECK (month ~ '^[0-9]{4}-[0-9]{2}$'),
    used       bigint NOT NULL DEFAULT 0 CHECK (used >= 0),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, month)
);

-- Callers here are account ids or ip:<address>; only a hand-made ban makes an address permanent.
CREATE TABLE permanent_bans (
    caller    text PRIMARY KEY CHECK (length(caller) BETWEEN 1 AND 128),
    reason    text NOT NULL CHECK (length(reason) <= 200),
    banned_at timestamptz NOT NULL
);

CREATE TABLE audit_logs (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at      timestamptz NOT NULL,
    type    text NOT NULL CHECK (type IN (
        'BAN_APPLIED', 'BAN_ESCALATED', 'BAN_LIFTED', 'BAN_EXPIRED', 'LIMIT_EXCEEDED', 'QUOTA_WARNING',
        'ACCOUNT_CREATED', 'ACCOUNT_CHANGED', 'KEY_CREATED', 'KEY_REVOKED', 'KEY_ROTATED', 'TIER_CHANGED',
        'ADMIN_SIGN_IN', 'LEDGER_MISMATCH', 'LATENCY_HIGH')),
    caller  text,
    actor   text NOT NULL,
    details jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_logs_by_time ON audit_logs (at DESC, id DESC);
CREATE INDEX audit_logs_by_caller ON audit_logs (caller, at DESC) WHERE caller IS NOT NULL;
-- Temporary bans that have not run out, by the ISO 8601 text of their end.
CREATE INDEX audit_logs_bans_by_end ON audit_logs ((details ->> 'expiresAt') COLLATE "C")
    WHERE type IN ('BAN_APPLIED', 'BAN_ESCALATED');

-- The batch ledger: a row commits in the same transaction as the increments it stands for. Kept for 90 days.
CREATE SEQUENCE settlement_batch_ids;
CREATE TABLE settlement_batches (
    id         bigint PRIMARY KEY,
    node       text NOT NULL,
    settled_at timestamptz NOT NULL DEFAULT now(),
    keys       integer NOT NULL,
    repeated   integer NOT NULL,
    set_aside  integer NOT NULL,
    requests   numeric NOT NULL
);
CREATE INDEX settlement_batches_by_time ON settlement_batches (settled_at);

-- Requests since the first batch; recorded is what Redis's own ledgers said of the same claims. One row.
CREATE TABLE ledger_totals (
    one           boolean PRIMARY KEY DEFAULT true CHECK (one),
    recorded      numeric NOT NULL DEFAULT 0,
    settled       numeric NOT NULL DEFAULT 0,
    set_aside     numeric NOT NULL DEFAULT 0,
    mismatches    bigint NOT NULL DEFAULT 0,
    last_mismatch timestamptz
);
INSERT INTO ledger_totals DEFAULT VALUES;

-- Usage that could not be written (its key was deleted), whole, so that nothing recorded is ever lost.
CREATE TABLE set_aside_usage (
    batch_id     bigint NOT NULL,
    api_key_id   text NOT NULL,
    requests     numeric NOT NULL,
    usage        jsonb NOT NULL,
    reason       text NOT NULL,
    set_aside_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (batch_id, api_key_id)
);
CREATE INDEX set_aside_usage_of_key ON set_aside_usage (api_key_id, batch_id);
