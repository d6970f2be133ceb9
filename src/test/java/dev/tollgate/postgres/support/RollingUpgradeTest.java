package dev.tollgate.postgres.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.tollgate.fixture.postgres.RealPostgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationVersion;
import org.junit.jupiter.api.Test;

/**
 * Tests that migrations only add. During a rolling upgrade, nodes of the previous release write to the new schema, so every
 * statement of a release must work after any later migration.
 */
class RollingUpgradeTest {

    private static final String COLUMNS = "SELECT table_name || '.' || column_name, data_type || ' '"
            + " || coalesce(character_maximum_length::text, '') || CASE WHEN is_nullable = 'YES' OR column_default IS NOT NULL"
            + " OR is_identity = 'YES' THEN '' ELSE ' demanded' END"
            + " FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'flyway_schema_history'";

    private static final String UNIQUE = "SELECT indexdef, tablename FROM pg_indexes WHERE schemaname = 'public'"
            + " AND indexdef LIKE 'CREATE UNIQUE%' AND tablename <> 'flyway_schema_history'";

    private static final String CHECKS = "SELECT conrelid::regclass || ' ' || pg_get_constraintdef(oid),"
            + " conrelid::regclass::text FROM pg_constraint WHERE contype IN ('c', 'f')";

    /** Event types by the migration that added them. */
    private static final Map<String, List<String>> AUDITED = Map.of(
            "1",
            List.of(
                    "BAN_APPLIED",
                    "BAN_ESCALATED",
                    "BAN_LIFTED",
                    "BAN_EXPIRED",
                    "LIMIT_EXCEEDED",
                    "QUOTA_WARNING",
                    "ACCOUNT_CREATED",
                    "ACCOUNT_CHANGED",
                    "KEY_CREATED",
                    "KEY_REVOKED",
                    "KEY_ROTATED",
                    "TIER_CHANGED",
                    "ADMIN_SIGN_IN",
                    "LEDGER_MISMATCH",
                    "LATENCY_HIGH"),
            "2",
            List.of("LEDGER_RECOUNTED"),
            "4",
            List.of("ADMIN_SIGN_IN_FAILED", "ROUTE_CHANGED", "SET_ASIDE_RETRIED"),
            "6",
            List.of("KEY_CHANGED"),
            "9",
            List.of("LIMITS_CHANGED"),
            "12",
            List.of("PRINCIPAL_LINKED", "PRINCIPAL_UNLINKED"),
            "10",
            List.of("ACCOUNT_CLOSED", "TIER_DELETED", "ADDRESS_REFUSED"),
            "15",
            List.of("LIMITS_RESET"));

    /** The statements of the first release, with all of its columns. */
    private static final List<String> FIRST_RELEASE = List.of(
            "INSERT INTO tiers (name, window_limit, monthly_quota, updated_at) VALUES ('rolling', 5, NULL, now())",
            "INSERT INTO accounts (id, name, tier, created_at)"
                    + " VALUES ('11111111-1111-4111-8111-111111111111', 'a', 'rolling', now())",
            "INSERT INTO api_keys (id, account_id, name, key_hash, prefix, active, window_limit, created_at, expires_at,"
                    + " revoked_at, total_requests, successful_requests, failed_requests, total_files_uploaded,"
                    + " total_file_size, file_type_counts, last_used_at, settled_batch, ledger_epoch, ledger_requests)"
                    + " VALUES ('22222222-2222-4222-8222-222222222222', '11111111-1111-4111-8111-111111111111', 'k',"
                    + " repeat('a', 64), 'tg_12345', true, NULL, now(), NULL, NULL, 1, 1, 0, 1, 5, '{\"image/png\": 1}',"
                    + " now(), 1, 1, 1)",
            "UPDATE api_keys SET total_requests = total_requests + 1, active = false, revoked_at = now()",
            "INSERT INTO provider_usage (api_key_id, provider, total_requests, successful_requests, failed_requests,"
                    + " total_files_uploaded, total_file_size, last_used_at)"
                    + " VALUES ('22222222-2222-4222-8222-222222222222', 'local', 1, 1, 0, 1, 5, now())"
                    + " ON CONFLICT (api_key_id, provider) DO UPDATE SET total_requests = provider_usage.total_requests + 1",
            "INSERT INTO api_key_usage_daily (api_key_id, usage_date, total_requests, successful_requests, failed_requests,"
                    + " total_files_uploaded, total_file_size)"
                    + " VALUES ('22222222-2222-4222-8222-222222222222', '2026-11-25', 1, 1, 0, 1, 5)"
                    + " ON CONFLICT (api_key_id, usage_date) DO NOTHING",
            "INSERT INTO provider_usage_daily (api_key_id, usage_date, provider, total_requests, successful_requests,"
                    + " failed_requests, total_files_uploaded, total_file_size)"
                    + " VALUES ('22222222-2222-4222-8222-222222222222', '2026-11-25', 'local', 1, 1, 0, 1, 5)"
                    + " ON CONFLICT (api_key_id, usage_date, provider) DO NOTHING",
            "INSERT INTO quota_usage (account_id, month, used, updated_at)"
                    + " VALUES ('11111111-1111-4111-8111-111111111111', '2026-11', 1, now())"
                    + " ON CONFLICT (account_id, month) DO UPDATE SET used = quota_usage.used + 1",
            "INSERT INTO permanent_bans (caller, reason, banned_at) VALUES ('ip:192.0.2.1', 'by hand', now())",
            "INSERT INTO settlement_batches (id, node, keys, repeated, set_aside, requests)"
                    + " VALUES (nextval('settlement_batch_ids'), 'n', 1, 0, 0, 1)",
            "UPDATE ledger_totals SET recorded = recorded + 1, settled = settled + 1, set_aside = set_aside + 0,"
                    + " mismatches = mismatches + 1, last_mismatch = now()",
            "INSERT INTO set_aside_usage (batch_id, api_key_id, requests, usage, reason) VALUES (1, 'k', 1, '{}', 'gone')");

    private static Flyway flyway(RealPostgres server, MigrationVersion target) {
        return Flyway.configure()
                .dataSource(server.dataSource())
                .locations("classpath:db/migration")
                .target(target)
                .load();
    }

    private static Map<String, String> pairs(Statement statement, String sql) throws SQLException {
        Map<String, String> pairs = new TreeMap<>();
        try (ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                pairs.put(rows.getString(1), rows.getString(2));
            }
        }
        return pairs;
    }

    private static Set<String> tables(Map<String, String> columns) {
        Set<String> tables = new TreeSet<>();
        columns.keySet().forEach(column -> tables.add(column.substring(0, column.indexOf('.'))));
        return tables;
    }

    /** Columns added to existing tables. */
    private static Set<String> addedTo(Set<String> tables, Map<String, String> before, Map<String, String> after) {
        Map<String, String> added = new HashMap<>(after);
        added.keySet().removeAll(before.keySet());
        added.values().retainAll(tables);
        return added.keySet();
    }

    @Test
    void whatAReleaseWritesCanBeWrittenAfterEveryLaterMigration() throws SQLException {
        try (RealPostgres server = RealPostgres.start();
                Connection connection = server.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            Map<String, String> columns = Map.of();
            Map<String, String> unique = Map.of();
            Map<String, String> checks = Map.of();
            Set<String> audited = new TreeSet<>();
            for (MigrationInfo migration :
                    flyway(server, MigrationVersion.LATEST).info().all()) {
                String version = migration.getVersion().getVersion();
                flyway(server, migration.getVersion()).migrate();

                Map<String, String> widened = pairs(statement, COLUMNS);
                assertThat(widened).as("columns after V%s", version).containsAllEntriesOf(columns);
                Set<String> tables = tables(columns);
                Set<String> known = columns.keySet();
                assertThat(widened.entrySet().stream()
                                .filter(column -> !known.contains(column.getKey()))
                                .filter(column -> tables.contains(column.getKey()
                                        .substring(0, column.getKey().indexOf('.'))))
                                .filter(column -> column.getValue().endsWith("demanded")))
                        .as("columns that V%s wants filled by who does not know them", version)
                        .isEmpty();
                Map<String, String> distinct = pairs(statement, UNIQUE);
                assertThat(addedTo(tables, unique, distinct)).as("V%s", version).isEmpty();
                Map<String, String> checked = pairs(statement, CHECKS);
                // The only constraint that may be replaced, by a wider one, which is tested below.
                assertThat(addedTo(tables, checks, checked).stream()
                                .filter(check -> !check.startsWith("audit_logs CHECK ((type ")))
                        .as("constraints that V%s brings to tables that were there", version)
                        .isEmpty();
                columns = widened;
                unique = distinct;
                checks = checked;

                audited.addAll(AUDITED.getOrDefault(version, List.of()));
                writes(connection, version, audited);
            }
        }
    }

    private static void writes(Connection connection, String version, Set<String> audited) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            for (String sql : FIRST_RELEASE) {
                assertThatCode(() -> statement.execute(sql))
                        .as("after V%s: %s", version, sql)
                        .doesNotThrowAnyException();
            }
            for (String type : audited) {
                String sql = "INSERT INTO audit_logs (at, type, caller, actor, details) VALUES (now(), '" + type
                        + "', NULL, 'system', '{}')";
                assertThatCode(() -> statement.execute(sql))
                        .as("after V%s: %s", version, sql)
                        .doesNotThrowAnyException();
            }
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }
}
