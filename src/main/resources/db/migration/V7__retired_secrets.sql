-- Secrets that were rotated away. A client that still has one is told so, and is not taken for somebody who guesses keys. A node
-- of the previous release adds nothing here, so a secret that it rotates away becomes unknown, as before.
CREATE TABLE retired_secrets (
    key_hash   char(64) PRIMARY KEY CHECK (key_hash ~ '^[0-9a-f]{64}$'),
    api_key_id uuid NOT NULL REFERENCES api_keys (id) ON DELETE CASCADE,
    retired_at timestamptz NOT NULL
);
CREATE INDEX retired_secrets_of_key ON retired_secrets (api_key_id);

-- What is shown of a key, where that is longer than the eight characters of "prefix". What keys begin with is a setting
-- (tollgate.keys.prefixes), and five more characters are shown.
ALTER TABLE api_keys ADD COLUMN long_prefix varchar(37);
