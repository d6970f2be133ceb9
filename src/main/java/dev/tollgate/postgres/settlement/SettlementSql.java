package dev.tollgate.postgres.settlement;

/** The SQL statements of the settlement: one per table and batch of any size. Rows are locked in the order of keys. */
final class SettlementSql {

    /** The advisory lock of the settlement. Its number is "tollgate" in ASCII. */
    static final String LOCK = "SELECT pg_try_advisory_xact_lock(x'746f6c6c67617465'::bigint)";

    /**
     * Bounds of the transaction. A node that stalls loses its transaction and the lock, so that another can settle. Sequential
     * scans are off, also where the planner finds them cheaper for a large batch, so that the work depends on the changed keys
     * alone.
     */
    static final String[] BOUNDS = {
        "SET LOCAL idle_in_transaction_session_timeout = '30s'",
        "SET LOCAL statement_timeout = '30s'",
        "SET LOCAL lock_timeout = '10s'",
        "SET LOCAL enable_seqscan = off",
        "SET LOCAL jit = off"
    };

    static final String NEXT_BATCH = "SELECT nextval('settlement_batch_ids')";

    static final String SKIP_BATCHES =
            "SELECT setval('settlement_batch_ids', GREATEST(?, (SELECT last_value FROM settlement_batch_ids)))";

    static final String LOCK_KEYS = """
            SELECT id, settled_batch, ledger_epoch, ledger_requests FROM api_keys
            WHERE id = ANY (?) ORDER BY id FOR NO KEY UPDATE""";

    /** Selects the present providers of keys that would have too many. */
    static final String OVER_PROVIDER_LIMIT = """
            SELECT u.api_key_id, u.provider FROM provider_usage u
            WHERE u.api_key_id IN (
                SELECT p.api_key_id FROM unnest(?::uuid[], ?::bigint[]) AS c (id, providers)
                JOIN provider_usage p ON p.api_key_id = c.id
                GROUP BY p.api_key_id, c.providers HAVING count(*) + c.providers > ?)""";

    /**
     * Returns common table expressions that merge present and new file types, as {@code merged (row, types)}. At most 100 types
     * are kept, present ones first; the others count as "other".
     *
     * @param row the columns of {@code c}, the new counts, that identify a row
     * @param present the table with the present counts, joined to {@code c}
     */
    private static String mergedTypes(String row, String present) {
        return """
                files AS (
                    SELECT $row, t.key AS type, t.value::numeric AS n, false AS old
                    FROM c CROSS JOIN jsonb_each_text(c.types::jsonb) t
                    UNION ALL
                    SELECT $row, t.key, t.value::numeric, true
                    FROM c JOIN $present CROSS JOIN jsonb_each_text(k.file_type_counts) t WHERE c.types IS NOT NULL
                ), placed AS (
                    SELECT $row, type, sum(n) AS n,
                        row_number() OVER (PARTITION BY $row, type = 'other' ORDER BY bool_or(old) DESC, type) AS place
                    FROM files c GROUP BY $row, type
                ), kept AS (
                    SELECT CASE WHEN type = 'other' OR place <= 100 THEN type ELSE 'other' END AS type, $row, sum(n) AS n
                    FROM placed c GROUP BY 1, $row
                ), merged AS (SELECT $row, jsonb_object_agg(type, LEAST(n, 9223372036854775807)) AS types FROM kept c GROUP BY $row)
                """.replace("$row", row).replace("$present", present);
    }

    /**
     * Returns a statement whose sums stop at the bound of a bigint. A sum that overflowed would fail the statement for its key,
     * now and for good. New counts are never negative.
     */
    private static String saturating(String sql) {
        return sql.replaceAll("([ku][.]\\w+) [+] ((?:c|excluded)[.]\\w+)", "LEAST($1, 9223372036854775807 - $2) + $2");
    }

    static final String KEY_TOTALS =
            saturating("""
            WITH c AS MATERIALIZED (
                SELECT * FROM unnest(?::uuid[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[],
                    ?::text[], ?::bigint[], ?::bigint[], ?::bigint[])
                    AS u (id, requests, successful, failed, files, bytes, last_used, types, batch, epoch, upto)
            ), $merged
            UPDATE api_keys k SET
                total_requests = k.total_requests + c.requests,
                successful_requests = k.successful_requests + c.successful,
                failed_requests = k.failed_requests + c.failed,
                total_files_uploaded = k.total_files_uploaded + c.files,
                total_file_size = k.total_file_size + c.bytes,
                last_used_at = GREATEST(k.last_used_at, to_timestamp(nullif(c.last_used, 0) / 1000.0)),
                file_type_counts = coalesce(m.types, k.file_type_counts),
                settled_batch = c.batch, ledger_epoch = c.epoch, ledger_requests = c.upto
            FROM c LEFT JOIN merged m ON m.id = c.id
            WHERE k.id = c.id AND k.settled_batch < c.batch""".replace("$merged", mergedTypes("c.id", "api_keys k ON k.id = c.id")));

    /** Marks keys whose claim was quarantined as settled to that batch, so that it is not applied later. */
    static final String MARK_KEYS = """
            UPDATE api_keys k SET settled_batch = c.batch, ledger_epoch = c.epoch, ledger_requests = c.upto
            FROM unnest(?::uuid[], ?::bigint[], ?::bigint[], ?::bigint[]) AS c (id, batch, epoch, upto)
            WHERE k.id = c.id AND k.settled_batch < c.batch""";

    static final String PROVIDERS = saturating("""
            WITH c AS MATERIALIZED (
                SELECT * FROM unnest(?::uuid[], ?::text[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[],
                    ?::bigint[], ?::text[])
                    AS u (id, provider, requests, successful, failed, files, bytes, last_used, types)
            ), $merged
            INSERT INTO provider_usage AS u (api_key_id, provider, total_requests, successful_requests, failed_requests,
                total_files_uploaded, total_file_size, last_used_at, file_type_counts)
            SELECT id, provider, requests, successful, failed, files, bytes, to_timestamp(nullif(last_used, 0) / 1000.0),
                coalesce(m.types, '{}')
            FROM c LEFT JOIN merged m USING (id, provider)
            ORDER BY id, provider
            ON CONFLICT (api_key_id, provider) DO UPDATE SET
                total_requests = u.total_requests + excluded.total_requests,
                successful_requests = u.successful_requests + excluded.successful_requests,
                failed_requests = u.failed_requests + excluded.failed_requests,
                total_files_uploaded = u.total_files_uploaded + excluded.total_files_uploaded,
                total_file_size = u.total_file_size + excluded.total_file_size,
                last_used_at = GREATEST(u.last_used_at, excluded.last_used_at),
                file_type_counts = coalesce(nullif(excluded.file_type_counts, '{}'), u.file_type_counts)""".replace(
            "$merged",
            mergedTypes("c.id, c.provider", "provider_usage k ON k.api_key_id = c.id AND k.provider = c.provider")));

    static final String DAYS = saturating("""
            INSERT INTO api_key_usage_daily AS u (api_key_id, usage_date, total_requests, successful_requests,
                failed_requests, total_files_uploaded, total_file_size)
            SELECT * FROM unnest(?::uuid[], ?::date[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[])
                AS c (id, day, requests, successful, failed, files, bytes)
            ORDER BY id, day
            ON CONFLICT (api_key_id, usage_date) DO UPDATE SET
                total_requests = u.total_requests + excluded.total_requests,
                successful_requests = u.successful_requests + excluded.successful_requests,
                failed_requests = u.failed_requests + excluded.failed_requests,
                total_files_uploaded = u.total_files_uploaded + excluded.total_files_uploaded,
                total_file_size = u.total_file_size + excluded.total_file_size""");

    static final String PROVIDER_DAYS = saturating("""
            INSERT INTO provider_usage_daily AS u (api_key_id, usage_date, provider, total_requests, successful_requests,
                failed_requests, total_files_uploaded, total_file_size)
            SELECT * FROM unnest(?::uuid[], ?::date[], ?::text[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[],
                ?::bigint[]) AS c (id, day, provider, requests, successful, failed, files, bytes)
            ORDER BY id, day, provider
            ON CONFLICT (api_key_id, usage_date, provider) DO UPDATE SET
                total_requests = u.total_requests + excluded.total_requests,
                successful_requests = u.successful_requests + excluded.successful_requests,
                failed_requests = u.failed_requests + excluded.failed_requests,
                total_files_uploaded = u.total_files_uploaded + excluded.total_files_uploaded,
                total_file_size = u.total_file_size + excluded.total_file_size""");

    static final String SET_ASIDE = """
            INSERT INTO set_aside_usage (batch_id, api_key_id, requests, usage, reason) VALUES (?, ?, ?, ?::jsonb, ?)
            ON CONFLICT DO NOTHING""";

    static final String TOTALS = """
            UPDATE ledger_totals SET recorded = recorded + ?, settled = settled + ?, set_aside = set_aside + ?,
                mismatches = mismatches + ?, last_mismatch = CASE WHEN ? > 0 THEN now() ELSE last_mismatch END""";

    static final String RECOUNT = """
            UPDATE ledger_totals t SET recorded = t.settled + t.set_aside
            FROM (SELECT one, recorded FROM ledger_totals FOR UPDATE) AS before
            WHERE before.one = t.one RETURNING t.recorded - before.recorded""";

    static final String BATCH = """
            INSERT INTO settlement_batches (id, node, keys, repeated, set_aside, requests) VALUES (?, ?, ?, ?, ?, ?)""";

    static final String OLD_BATCHES = "DELETE FROM settlement_batches WHERE settled_at < now() - interval '90 days'";

    static final String QUOTA = """
            WITH present AS MATERIALIZED (SELECT id FROM accounts WHERE id = ANY (?) ORDER BY id FOR KEY SHARE)
            INSERT INTO quota_usage AS q (account_id, month, used)
            SELECT c.id, ?, c.used FROM unnest(?::uuid[], ?::bigint[]) AS c (id, used) JOIN present USING (id) ORDER BY c.id
            ON CONFLICT (account_id, month) DO UPDATE SET used = excluded.used, updated_at = now()
            WHERE q.used < excluded.used AND (q.reset_at IS NULL OR q.reset_at < ?)""";

    static final String ACCOUNTS = "SELECT id, account_id FROM api_keys WHERE id = ANY (?)";

    /** Reads totals and keys in one statement, so that they are from one snapshot. */
    static final String BOOKS = """
            SELECT t.recorded, t.settled, t.set_aside, t.mismatches, t.last_mismatch, c.id, k.id IS NOT NULL,
                GREATEST(k.settled_batch, (SELECT max(a.batch_id) FROM set_aside_usage a WHERE a.api_key_id = c.id)),
                k.ledger_epoch, k.ledger_requests, lately.deleted, lately.others
            FROM ledger_totals t
            CROSS JOIN (
                SELECT count(*) FILTER (WHERE reason = 'no such key') AS deleted,
                    count(*) FILTER (WHERE reason <> 'no such key') AS others
                FROM set_aside_usage WHERE set_aside_at > now() - interval '1 hour') AS lately
            LEFT JOIN unnest(?::text[], ?::uuid[]) AS c (id, uuid) ON true
            LEFT JOIN api_keys k ON k.id = c.uuid""";

    private SettlementSql() {}
}
