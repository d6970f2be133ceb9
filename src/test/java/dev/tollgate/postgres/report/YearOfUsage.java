package dev.tollgate.postgres.report;

import dev.tollgate.postgres.support.MigratedPostgres;

/** Settled usage of 1,000 keys on each of 365 days, up to 2026-11-22, with 4 providers. */
public final class YearOfUsage {

    /** Returns the ID of one of the keys. */
    public static final String KEY = "00000000-0000-4000-8000-000000000500";

    private YearOfUsage() {}

    /** Writes the usage into an empty database. */
    public static void fill(MigratedPostgres postgres) {
        String keys = "generate_series(0, 999) n";
        String days = "generate_series(DATE '2025-11-23', DATE '2026-11-22', INTERVAL '1 day') d";
        String providers = "unnest(ARRAY['local', 's3', 'gcs', 'azure']) p";
        String id = "('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid";
        postgres.execute(
                "INSERT INTO accounts (id, name, tier) VALUES ('00000000-0000-4000-9000-000000000000', 'many', 'pro')",
                // Without checks of foreign keys, which makes writing four times as fast.
                "ALTER TABLE provider_usage_daily DISABLE TRIGGER ALL",
                "ALTER TABLE api_key_usage_daily DISABLE TRIGGER ALL",
                "INSERT INTO api_keys (id, account_id, name, key_hash, prefix, total_requests, file_type_counts,"
                        + " settled_batch) SELECT " + id + ", '00000000-0000-4000-9000-000000000000', 'k',"
                        + " encode(sha256(n::text::bytea), 'hex'), 'tg_test0', 1460, '{\"image/png\": 3}', 7 FROM "
                        + keys,
                "INSERT INTO provider_usage (api_key_id, provider, total_requests, file_type_counts) SELECT " + id
                        + ", p, 365, '{\"image/png\": 1}' FROM "
                        + keys + ", " + providers,
                "INSERT INTO api_key_usage_daily (api_key_id, usage_date, total_requests) SELECT " + id + ", d, 4 FROM "
                        + days + ", " + keys,
                "INSERT INTO provider_usage_daily (api_key_id, usage_date, provider, total_requests) SELECT " + id
                        + ", d, p, 1 FROM " + days + ", " + keys + ", " + providers,
                "VACUUM ANALYZE");
    }
}
