-- Requests that the gate refused, or would have refused in shadow mode: one row for each caller, reason, minute and node, with the
-- details of the first one. Kept for tollgate.refusals.retention. The previous release does not know the table.
CREATE TABLE refusals (
    id         uuid PRIMARY KEY,           -- given by the node that refused, so that a row can be written again
    at         timestamptz NOT NULL,       -- of the first refusal
    last_at    timestamptz NOT NULL,
    caller     text CHECK (length(caller) BETWEEN 1 AND 128), -- NULL for callers without a row of their own
    key_id     text CHECK (length(key_id) <= 64),
    address    text CHECK (length(address) <= 64),
    request_id text CHECK (length(request_id) <= 64),
    route      text NOT NULL CHECK (length(route) <= 64),
    policy     text CHECK (length(policy) <= 64),
    status     smallint NOT NULL,
    code       text NOT NULL CHECK (length(code) <= 64),
    shadow     boolean NOT NULL,
    count      bigint NOT NULL CHECK (count > 0)
);
CREATE INDEX refusals_by_time ON refusals (at DESC, id DESC);
CREATE INDEX refusals_by_caller ON refusals (caller, at DESC, id DESC) WHERE caller IS NOT NULL;
CREATE INDEX refusals_by_request ON refusals (request_id) WHERE request_id IS NOT NULL;
-- For shadow reports.
CREATE INDEX refusals_in_shadow ON refusals (route, at) WHERE shadow;
