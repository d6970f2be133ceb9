-- Brings the tables of the Node.js system (docs/migration.md) into Tollgate's. Run it in Tollgate's database, after Tollgate's
-- first start and before its first request, with the old tables in a schema of the name legacy (pg_dump | psql, or postgres_fdw):
--
--   psql -v ON_ERROR_STOP=1 -1 -f import-node.sql tollgate
--
-- Running it again changes nothing: what is there stays. Old columns it reads:
--   legacy.users(id, tier)
--   legacy.api_keys(id, user_id, name, total_requests, successful_requests, failed_requests, total_files_uploaded,
--                   total_file_size, file_type_counts, last_used_at, created_at), and of these what there is: key, the secret
--                   itself, or key_sha256, its SHA-256 in hexadecimal digits, with key_prefix, its first characters
--   legacy.provider_usage(api_key_id, provider, the same counts, last_used_at)
--   legacy.api_key_usage_daily(api_key_id, usage_date, the same counts)
--   legacy.provider_usage_daily(api_key_id, provider, usage_date, the same counts)

-- A tier that Tollgate does not know becomes free.
INSERT INTO accounts (id, name, tier)
SELECT CAST(u.id AS uuid), 'imported ' || u.id,
       coalesce((SELECT t.name FROM tiers t WHERE t.name = lower(u.tier) AND t.name <> 'anonymous'), 'free')
FROM legacy.users u
ON CONFLICT DO NOTHING;

-- Clients go on with their secrets, of which the hashes are kept; docs/migration.md says which setting looks them up. Where the old
-- table has neither secret nor hash, the new key works only after it is rotated, which keeps id and usage.
INSERT INTO api_keys (id, account_id, name, key_hash, prefix, created_at, total_requests, successful_requests,
                      failed_requests, total_files_uploaded, total_file_size, file_type_counts, last_used_at)
SELECT CAST(k.id AS uuid), CAST(k.user_id AS uuid), coalesce(nullif(left(k.name, 200), ''), 'imported'),
       coalesce(lower(to_jsonb(k) ->> 'key_sha256'),
                encode(sha256(convert_to(to_jsonb(k) ->> 'key', 'UTF8')), 'hex'),
                encode(sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')), 'hex')),
       left(coalesce(to_jsonb(k) ->> 'key_prefix', to_jsonb(k) ->> 'key', 'imported'), 8),
       coalesce(k.created_at, now()),
       greatest(0, coalesce(k.total_requests, 0)), greatest(0, coalesce(k.successful_requests, 0)),
       greatest(0, coalesce(k.failed_requests, 0)), greatest(0, coalesce(k.total_files_uploaded, 0)),
       greatest(0, coalesce(k.total_file_size, 0)), coalesce(CAST(k.file_type_counts AS jsonb), '{}'), k.last_used_at
FROM legacy.api_keys k
WHERE CAST(k.user_id AS uuid) IN (SELECT id FROM accounts)
ON CONFLICT DO NOTHING;

-- Providers are lower case here, and what is no provider's name is counted as other.
CREATE TEMPORARY TABLE provider_names ON COMMIT DROP AS
SELECT provider AS old,
       CASE WHEN lower(provider) ~ '^[a-z0-9][a-z0-9._-]{0,49}$' AND lower(provider) <> 'all' THEN lower(provider)
            ELSE 'other' END AS name
FROM (SELECT provider FROM legacy.provider_usage UNION SELECT provider FROM legacy.provider_usage_daily) AS providers;

INSERT INTO provider_usage (api_key_id, provider, total_requests, successful_requests, failed_requests,
                            total_files_uploaded, total_file_size, last_used_at)
SELECT CAST(p.api_key_id AS uuid), n.name, sum(greatest(0, coalesce(p.total_requests, 0))),
       sum(greatest(0, coalesce(p.successful_requests, 0))), sum(greatest(0, coalesce(p.failed_requests, 0))),
       sum(greatest(0, coalesce(p.total_files_uploaded, 0))), sum(greatest(0, coalesce(p.total_file_size, 0))),
       max(p.last_used_at)
FROM legacy.provider_usage p JOIN provider_names n ON n.old = p.provider
WHERE CAST(p.api_key_id AS uuid) IN (SELECT id FROM api_keys)
GROUP BY 1, 2
ON CONFLICT DO NOTHING;

INSERT INTO api_key_usage_daily (api_key_id, usage_date, total_requests, successful_requests, failed_requests,
                                 total_files_uploaded, total_file_size)
SELECT CAST(d.api_key_id AS uuid), d.usage_date, sum(greatest(0, coalesce(d.total_requests, 0))),
       sum(greatest(0, coalesce(d.successful_requests, 0))), sum(greatest(0, coalesce(d.failed_requests, 0))),
       sum(greatest(0, coalesce(d.total_files_uploaded, 0))), sum(greatest(0, coalesce(d.total_file_size, 0)))
FROM legacy.api_key_usage_daily d
WHERE CAST(d.api_key_id AS uuid) IN (SELECT id FROM api_keys)
GROUP BY 1, 2
ON CONFLICT DO NOTHING;

INSERT INTO provider_usage_daily (api_key_id, usage_date, provider, total_requests, successful_requests,
                                  failed_requests, total_files_uploaded, total_file_size)
SELECT CAST(d.api_key_id AS uuid), d.usage_date, n.name, sum(greatest(0, coalesce(d.total_requests, 0))),
       sum(greatest(0, coalesce(d.successful_requests, 0))), sum(greatest(0, coalesce(d.failed_requests, 0))),
       sum(greatest(0, coalesce(d.total_files_uploaded, 0))), sum(greatest(0, coalesce(d.total_file_size, 0)))
FROM legacy.provider_usage_daily d JOIN provider_names n ON n.old = d.provider
WHERE CAST(d.api_key_id AS uuid) IN (SELECT id FROM api_keys)
GROUP BY 1, 2, 3
ON CONFLICT DO NOTHING;

-- This month's use, so that nobody gets a second quota for moving.
INSERT INTO quota_usage (account_id, month, used)
SELECT k.account_id, to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM'), sum(d.total_requests)
FROM api_key_usage_daily d JOIN api_keys k ON k.id = d.api_key_id
WHERE d.usage_date >= date_trunc('month', now() AT TIME ZONE 'UTC')
  AND CAST(k.account_id AS text) IN (SELECT CAST(id AS text) FROM legacy.users)
GROUP BY 1
ON CONFLICT DO NOTHING;
