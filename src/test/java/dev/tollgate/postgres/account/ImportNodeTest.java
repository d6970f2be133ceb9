package dev.tollgate.postgres.account;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.account.ApiKey;
import dev.tollgate.core.account.ApiKeyToken;
import dev.tollgate.core.account.ApiKeys;
import dev.tollgate.postgres.support.MigratedPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests the import of the Node.js system's tables. */
class ImportNodeTest {

    private static final String USER = "11111111-1111-4111-8111-111111111111";
    private static final String KEY = "22222222-2222-4222-8222-222222222222";

    private static MigratedPostgres postgres;

    @BeforeAll
    static void start() throws Exception {
        postgres = MigratedPostgres.start();
        run("""
                CREATE SCHEMA legacy;
                CREATE TABLE legacy.users (id text, tier text);
                CREATE TABLE legacy.api_keys (id text, user_id text, name text, total_requests int,
                    successful_requests int, failed_requests int, total_files_uploaded int, total_file_size bigint,
                    file_type_counts json, last_used_at timestamptz, created_at timestamptz);
                CREATE TABLE legacy.provider_usage (api_key_id text, provider text, total_requests int,
                    successful_requests int, failed_requests int, total_files_uploaded int, total_file_size bigint,
                    last_used_at timestamptz);
                CREATE TABLE legacy.api_key_usage_daily (api_key_id text, usage_date date, total_requests int,
                    successful_requests int, failed_requests int, total_files_uploaded int, total_file_size bigint);
                CREATE TABLE legacy.provider_usage_daily (api_key_id text, provider text, usage_date date,
                    total_requests int, successful_requests int, failed_requests int, total_files_uploaded int,
                    total_file_size bigint);
                INSERT INTO legacy.users VALUES ('%1$s', 'Pro');
                INSERT INTO legacy.api_keys VALUES
                    ('%2$s', '%1$s', 'main', 12, 10, 2, 10, 1000, '{"image/png":10}', now(), now()),
                    ('33333333-3333-4333-8333-333333333333', '44444444-4444-4444-8444-444444444444', 'orphan', 1, 1, 0,
                     0, 0, NULL, NULL, NULL);
                INSERT INTO legacy.provider_usage VALUES
                    ('%2$s', 'S3', 7, 7, 0, 7, 700, now()), ('%2$s', 'a,b', 5, 3, 2, 3, 300, now());
                INSERT INTO legacy.api_key_usage_daily VALUES
                    ('%2$s', (now() AT TIME ZONE 'UTC')::date, 12, 10, 2, 10, 1000),
                    ('%2$s', '2020-01-01', 5, 5, -3, NULL, 0);
                INSERT INTO legacy.provider_usage_daily VALUES
                    ('%2$s', 'S3', (now() AT TIME ZONE 'UTC')::date, 7, 7, 0, 7, 700);
                """.formatted(USER, KEY));
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    private static void run(String sql) throws SQLException {
        try (Connection connection = postgres.server().dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute(sql);
            connection.commit();
        }
    }

    private static String ask(String sql) throws SQLException {
        try (Connection connection = postgres.server().dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }

    @Test
    void oldTablesAreImportedOnceHoweverOftenItRuns() throws Exception {
        String script = Files.readString(Path.of("server-config/migration/import-node.sql"));
        run(script);
        String hash = ask("SELECT key_hash FROM api_keys");
        run(script);
        assertThat(ask("SELECT tier FROM accounts")).isEqualTo("pro");
        assertThat(ask("SELECT count(*) FROM api_keys")).isEqualTo("1");
        assertThat(ask("SELECT key_hash FROM api_keys")).isEqualTo(hash);
        assertThat(ask("SELECT total_requests || ' ' || file_type_counts FROM api_keys"))
                .isEqualTo("12 {\"image/png\": 10}");
        assertThat(
                        ask(
                                "SELECT string_agg(provider || '=' || total_requests, ' ' ORDER BY provider) FROM provider_usage"))
                .isEqualTo("other=5 s3=7");
        assertThat(ask("SELECT string_agg(total_requests || '/' || failed_requests, ' ' ORDER BY usage_date)"
                        + " FROM api_key_usage_daily"))
                .isEqualTo("5/0 12/2");
        assertThat(ask("SELECT provider || total_requests FROM provider_usage_daily"))
                .isEqualTo("s37");
        assertThat(ask("SELECT used FROM quota_usage")).isEqualTo("12");
        ApiKeys keys = new JpaApiKeys(postgres.database());
        assertThat(keys.find(KEY).orElseThrow().key().accountId()).isEqualTo(USER);
        assertThat(keys.find(KEY).orElseThrow().key().prefix()).isEqualTo("imported");
    }

    @Test
    void secretsAndHashesOfTheOldSystemComeAlong() throws Exception {
        String script = Files.readString(Path.of("server-config/migration/import-node.sql"));
        run("""
                ALTER TABLE legacy.api_keys ADD COLUMN key text, ADD COLUMN key_sha256 text, ADD COLUMN key_prefix text;
                INSERT INTO legacy.api_keys (id, user_id, name, key, key_sha256, key_prefix) VALUES
                    ('55555555-5555-4555-8555-555555555555', '%1$s', 'plain', 'sk_live_0123456789', NULL, NULL),
                    ('66666666-6666-4666-8666-666666666666', '%1$s', 'hashed', NULL, upper('%2$s'), 'sk_test_');
                """.formatted(USER, ApiKeyToken.hash("sk_test_9876543210")));
        run(script);
        JpaAccountDirectory directory = new JpaAccountDirectory(postgres.database());
        for (String secret : List.of("sk_live_0123456789", "sk_test_9876543210")) {
            ApiKey known =
                    directory.findByHash(ApiKeyToken.hash(secret)).orElseThrow().key();
            assertThat(known.active()).isTrue();
            assertThat(known.prefix()).isEqualTo(secret.substring(0, 8));
        }
        run("DELETE FROM api_keys WHERE name IN ('plain', 'hashed')");
        run("ALTER TABLE legacy.api_keys DROP COLUMN key, DROP COLUMN key_sha256, DROP COLUMN key_prefix;"
                + " DELETE FROM legacy.api_keys WHERE name IN ('plain', 'hashed')");
    }
}
