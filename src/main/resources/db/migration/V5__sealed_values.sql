-- What makes values in Redis believable. The previous release knows neither table.

-- Secrets that nodes share where no setting gives them one: made by the first node, never changed by any.
CREATE TABLE shared_secrets (
    name       text PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 50),
    secret     text NOT NULL CHECK (length(secret) >= 32),
    created_at timestamptz NOT NULL DEFAULT now()
);

-- Entries of guards that were taken over, so that none is taken twice. Kept for two days; entries older than one are refused.
CREATE TABLE handed_over (
    entry text PRIMARY KEY CHECK (length(entry) BETWEEN 1 AND 64),
    at    timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX handed_over_by_time ON handed_over (at);
