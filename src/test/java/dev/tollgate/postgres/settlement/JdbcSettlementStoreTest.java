package dev.tollgate.postgres.settlement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.core.ledger.SettlementStore.Applied;
import dev.tollgate.core.usage.ClaimedUsage;
import dev.tollgate.core.usage.KeyUsage;
import dev.tollgate.core.usage.KeyUsage.ProviderDay;
import dev.tollgate.core.usage.UsageCounts;
import dev.tollgate.fixture.postgres.BoundDatabase;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Tests what a settlement adds to the tables, and that it adds it once. */
class JdbcSettlementStoreTest extends SettlementStoreCase {

    @Test
    void countsAreAddedToEveryTable() {
        String key = keys.create(1).get(0);
        KeyUsage first = upload("s3", DAY, "image/png", 10).plus(failure("local", DAY.minusDays(1)));
        KeyUsage second = upload("s3", DAY, "image/png", 5).plus(upload("s3", DAY.plusDays(1), "text/plain", 1));
        apply(claim(key, first));
        apply(claim(key, second));
        assertThat(settled(key))
                .containsEntry("total_requests", 4L)
                .containsEntry("successful_requests", 3L)
                .containsEntry("failed_requests", 1L)
                .containsEntry("total_files_uploaded", 3L)
                .containsEntry("total_file_size", 16L)
                .containsEntry("types", "{\"image/png\": 2, \"text/plain\": 1}");
        assertThat(settled(key).get("last_used_at"))
                .isEqualTo(java.sql.Timestamp.from(java.time.Instant.ofEpochMilli(1_700_000_000_123L)));
        assertThat(keys.rows(
                        "SELECT provider, total_requests AS n, total_file_size AS bytes, file_type_counts::text AS types"
                                + " FROM provider_usage"
                                + " WHERE api_key_id = ?::uuid ORDER BY 1",
                        key))
                .containsExactly(
                        Map.of("provider", "local", "n", 1L, "bytes", 0L, "types", "{}"),
                        Map.of(
                                "provider",
                                "s3",
                                "n",
                                3L,
                                "bytes",
                                16L,
                                "types",
                                "{\"image/png\": 2, \"text/plain\": 1}"));
        assertThat(keys.rows(
                        "SELECT usage_date::text AS day, total_requests AS n FROM api_key_usage_daily"
                                + " WHERE api_key_id = ?::uuid ORDER BY 1",
                        key))
                .containsExactly(
                        Map.of("day", "2026-11-21", "n", 1L),
                        Map.of("day", "2026-11-22", "n", 2L),
                        Map.of("day", "2026-11-23", "n", 1L));
        assertThat(keys.rows(
                        "SELECT usage_date::text AS day, provider, total_requests AS n FROM provider_usage_daily"
                                + " WHERE api_key_id = ?::uuid ORDER BY 1",
                        key))
                .containsExactly(
                        Map.of("day", "2026-11-21", "provider", "local", "n", 1L),
                        Map.of("day", "2026-11-22", "provider", "s3", "n", 2L),
                        Map.of("day", "2026-11-23", "provider", "s3", "n", 1L));
    }

    @Test
    void applyingAClaimTwiceIsTheSameAsOnce() {
        String key = keys.create(1).get(0);
        ClaimedUsage claim = claim(key, upload("s3", DAY, "image/png", 10));
        assertThat(apply(claim).keys()).isEqualTo(1);
        Applied again = apply(claim);
        assertThat(again.keys()).isZero();
        assertThat(again.repeated()).isEqualTo(1);
        assertThat(again.requests()).isZero();
        assertThat(settled(key)).containsEntry("total_requests", 1L);
        assertThat(keys.row(
                        "SELECT sum(total_requests)::bigint AS n FROM provider_usage_daily WHERE api_key_id = ?::uuid",
                        key))
                .containsEntry("n", 1L);
    }

    @Test
    void aRolledBackBatchLeavesNothing() {
        String key = keys.create(1).get(0);
        ClaimedUsage claim = claim(key, upload("s3", DAY, "image/png", 10));
        assertThatThrownBy(() -> database.call(() -> {
                    ledger.apply(ledger.nextBatchId(), List.of(claim));
                    throw new IllegalStateException("dies before the commit");
                }))
                .hasMessageContaining("dies before");
        assertThat(settled(key)).containsEntry("total_requests", 0L);
        assertThat(apply(claim).keys()).isEqualTo(1);
    }

    @Test
    void sumsStopAtTheirColumnsBoundInsteadOfKeepingTheKeysUsageOut() {
        String key = keys.create(1).get(0);
        apply(claim(key, upload("s3", DAY, "image/png", 5)));
        for (String table : List.of("provider_usage", "api_key_usage_daily", "provider_usage_daily")) {
            keys.update(nearTheBound(table, "api_key_id"), key);
        }
        keys.update(nearTheBound("api_keys", "id"), key);
        for (String column : List.of("api_keys:id", "provider_usage:api_key_id")) {
            String[] at = column.split(":");
            keys.update(
                    "UPDATE " + at[0] + " SET file_type_counts = '{\"image/png\": 9223372036854775806}' WHERE " + at[1]
                            + " = ?::uuid",
                    key);
        }
        Applied applied = apply(claim(key, upload("s3", DAY, "image/png", 1L << 44)));
        assertThat(applied.setAside()).isZero();
        assertThat(applied.requests()).isEqualTo(1);
        for (String row : List.of(
                "api_keys WHERE id",
                "provider_usage WHERE api_key_id",
                "api_key_usage_daily WHERE api_key_id",
                "provider_usage_daily WHERE api_key_id")) {
            assertThat(keys.row(
                            "SELECT total_requests AS n, total_file_size AS bytes, total_files_uploaded AS files FROM "
                                    + row + " = ?::uuid",
                            key))
                    .as(row)
                    .isEqualTo(Map.of("n", 2L, "bytes", Long.MAX_VALUE, "files", Long.MAX_VALUE));
        }
        assertThat(settled(key)).containsEntry("types", "{\"image/png\": 9223372036854775807}");
        assertThat(apply(claim(key, upload("s3", DAY, "image/png", 7))).setAside())
                .isZero();
        assertThat(settled(key)).containsEntry("total_requests", 3L).containsEntry("total_file_size", Long.MAX_VALUE);
    }

    private static String nearTheBound(String table, String column) {
        return "UPDATE " + table
                + " SET total_file_size = 9223372036854775000, total_files_uploaded = 9223372036854775806" + " WHERE "
                + column + " = ?::uuid";
    }

    @Test
    void fileTypesOfAKeyAndOfItsProvidersStayBounded() {
        String key = keys.create(1).get(0);
        for (int round = 0; round < 3; round++) {
            Map<String, Long> types = new HashMap<>();
            for (int i = 0; i < 60; i++) {
                types.put("t" + round + "/" + i, 1L);
            }
            types.put("t0/7", 1L);
            long files = types.values().stream().mapToLong(Long::longValue).sum();
            UsageCounts counts = new UsageCounts(1, 1, 0, files, 1, 1, types);
            apply(claim(key, KeyUsage.of(Map.of(new ProviderDay("s3", DAY), counts))));
        }
        for (String table : List.of("api_keys WHERE id", "provider_usage WHERE api_key_id")) {
            assertThat(keys.row(
                            "WITH t AS (SELECT (jsonb_each_text(file_type_counts)).* FROM " + table + " = ?::uuid)"
                                    + " SELECT count(*) AS types, sum(value::bigint)::bigint AS files,"
                                    + " max(value::bigint) FILTER (WHERE key = 'other') AS others,"
                                    + " max(value::bigint) FILTER (WHERE key = 't0/7') AS known FROM t",
                            key))
                    .as(table)
                    .isEqualTo(Map.of("types", 101L, "files", 182L, "others", 80L, "known", 3L));
        }
    }

    @Test
    void providersOfAKeyStayBounded() {
        String key = keys.create(1).get(0);
        for (int round = 0; round < 3; round++) {
            KeyUsage usage = upload("p0-0", DAY, "a/b", 1);
            for (int i = 0; i < 60; i++) {
                usage = usage.plus(upload("p" + round + "-" + i, DAY, "a/b", 1));
            }
            apply(claim(key, usage));
        }
        Map<String, Object> row = keys.row(
                "SELECT count(*) AS providers, sum(total_requests)::bigint AS requests,"
                        + " max(total_requests) FILTER (WHERE provider = 'other') AS others"
                        + " FROM provider_usage WHERE api_key_id = ?::uuid",
                key);
        assertThat(row)
                .containsEntry("requests", 183L)
                .containsEntry("providers", 101L)
                .containsEntry("others", 80L);
        assertThat(keys.row("SELECT count(*) AS n FROM provider_usage_daily WHERE api_key_id = ?::uuid", key))
                .containsEntry("n", 101L);
    }

    @Test
    void onlyOneTransactionSettlesAtATime() {
        assertThat(database.call(ledger::tryLock)).isTrue();
        BoundDatabase other = new BoundDatabase(postgres.dataSource());
        JdbcSettlementStore theirs = new JdbcSettlementStore(other, "other");
        database.call(() -> {
            assertThat(ledger.tryLock()).isTrue();
            assertThat(other.call(theirs::tryLock)).isFalse();
            return null;
        });
        assertThat(other.call(theirs::tryLock)).isTrue();
    }

    @Test
    void batchIdsRiseAndCanBeSkippedForward() {
        long first = nextBatch();
        database.call(() -> {
            ledger.skipBatchIds(first + 1_000);
            ledger.skipBatchIds(first);
            return null;
        });
        assertThat(nextBatch()).isEqualTo(first + 1_001);
    }

    @Test
    void quotaIsRaisedNeverLoweredAndAccountsThatAreGoneArePassedOver() {
        String key = keys.create(1).get(0);
        String account = keys.accountOf(key);
        String gone = UUID.randomUUID().toString();
        assertThat(ledger.accountsOf(List.of(key, gone, "odd"))).isEqualTo(Map.of(key, account));
        for (long used : new long[] {5, 9, 3}) {
            database.call(() -> {
                ledger.settleQuota("2026-11", Map.of(account, used, gone, 7L), ledger.now());
                return null;
            });
        }
        assertThat(keys.rows("SELECT account_id::text AS id, used FROM quota_usage WHERE month = '2026-11'"))
                .containsExactly(Map.of("id", account, "used", 9L));
    }
}
