package dev.tollgate.rest.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.config.Settings;
import dev.tollgate.core.analytics.AccountAnalytics;
import dev.tollgate.core.analytics.UsageStack;
import dev.tollgate.core.ledger.LedgerReconciler;
import dev.tollgate.core.usage.UsageEvent;
import dev.tollgate.fixture.Ports;
import dev.tollgate.fixture.redis.RedisWire;
import dev.tollgate.postgres.account.JpaApiKeys;
import dev.tollgate.postgres.report.JpaAccountUsageSource;
import dev.tollgate.postgres.settlement.JdbcSettlementStore;
import dev.tollgate.postgres.settlement.SettlementHistory;
import dev.tollgate.redis.batch.ScriptBatcher;
import dev.tollgate.redis.connection.RedisConnection;
import dev.tollgate.redis.connection.RedisKeys;
import dev.tollgate.redis.stats.RedisInfo;
import dev.tollgate.redis.usage.RedisPendingUsage;
import dev.tollgate.redis.usage.RedisReportCache;
import dev.tollgate.rest.support.InProcess;
import jakarta.json.JsonObject;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.redisson.api.RedissonClient;

/** What administrators look at, over HTTP's semantics, a real Redis and a real PostgreSQL. */
class AdminInsightTest {

    private static final String ADMIN = "api/v1/admin/";
    private static final LocalDate TODAY = LocalDate.of(2026, 11, 22);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static UsageStack stack;
    private static InProcess admin;

    private static InProcess over(RedissonClient redisson) {
        ScriptBatcher batcher = new ScriptBatcher(redisson, 2, 64, 10_000, PATIENCE);
        AdminAuditor record = new AdminAuditor(event -> {});
        return new InProcess(
                List.of(AdminLedgerResource.class, AdminAnalyticsResource.class, AdminAccountAnalyticsResource.class),
                new AdminFilter(),
                record,
                new LedgerReconciler(
                        new RedisPendingUsage(batcher, stack.keys, false),
                        new JdbcSettlementStore(stack.postgres.server().dataSource(), "reader")),
                new SettlementHistory(stack.postgres.database()),
                new JpaApiKeys(stack.postgres.database()),
                stack.node(Clock.systemUTC()),
                new AccountAnalytics(
                        new JpaAccountUsageSource(stack.postgres.database()),
                        new RedisReportCache(batcher, stack.keys, PATIENCE),
                        Clock.systemUTC()));
    }

    @BeforeAll
    static void start() {
        stack = new UsageStack();
        admin = over(stack.client);
    }

    @AfterAll
    static void stop() {
        stack.close();
    }

    private static UsageEvent event(String key, String provider, long bytes, String type) {
        return new UsageEvent(key, provider, TODAY, true, 1, bytes, type, 1_795_000_000_000L + bytes);
    }

    private static JsonObject ok(String path) {
        InProcess.Answer answer = admin.get(ADMIN + path);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json();
    }

    @Test
    void anAccountsAnalyticsAreTheSumsOfItsKeysSettledAndNot() {
        String first = stack.newKey();
        String account = stack.tables.accountOf(first);
        String second = stack.tables.create(account, 2).get(0);
        String stranger = stack.newKey();
        stack.record(event(first, "s3", 10, "image/png"), event(second, "s3", 20, "image/png"));
        stack.record(event(stranger, "s3", 1_000, "image/png"));
        stack.settle(first, second, stranger);
        stack.record(event(first, "local", 40, "text/csv"), event(second, "s3", 80, "image/gif"));
        JsonObject report = ok("accounts/" + account + "/analytics");
        assertThat(report.keySet()).containsExactly("accountId", "keys", "summary", "providers", "fileTypes", "meta");
        assertThat(report.getInt("keys")).isEqualTo(3);
        assertThat(report.getJsonObject("summary").getInt("totalRequests")).isEqualTo(4);
        assertThat(report.getJsonObject("summary").getInt("totalFileSize")).isEqualTo(150);
        assertThat(report.getJsonArray("providers").getJsonObject(0).getInt("totalFileSize"))
                .isEqualTo(110);
        assertThat(report.getJsonObject("fileTypes")).hasToString("{\"image/gif\":1,\"image/png\":2,\"text/csv\":1}");
        assertThat(report.getJsonObject("meta").getBoolean("pendingIncluded")).isTrue();
    }

    @Test
    void anAccountWithoutUsageOrKeysIsAllZeros() {
        String key = stack.newKey();
        String account = stack.tables.accountOf(key);
        stack.tables.delete(key);
        JsonObject report = ok("accounts/" + account + "/analytics");
        assertThat(report.getInt("keys")).isZero();
        assertThat(report.getJsonObject("summary").getInt("totalRequests")).isZero();
    }

    @Test
    void anyKeysReportsAreServed() {
        String key = stack.newKey();
        stack.record(event(key, "s3", 10, "image/png"));
        for (String path : List.of("", "/daily", "/providers", "/file-types", "/live")) {
            ok("keys/" + key + "/analytics" + path);
        }
        assertThat(ok("keys/" + key + "/analytics").getJsonObject("summary").getInt("totalRequests"))
                .isEqualTo(1);
    }

    @Test
    void whatThereIsNotIsNotFound() {
        for (String path : List.of(
                "keys/" + UUID.randomUUID() + "/analytics",
                "keys/x/analytics",
                "accounts/" + UUID.randomUUID() + "/analytics",
                "ledger?keyId=" + UUID.randomUUID(),
                "ledger?keyId=%7Bx%7D")) {
            assertThat(admin.get(ADMIN + path).status()).as(path).isEqualTo(404);
        }
        assertThat(admin.get(ADMIN + "ledger?key=1").status()).isEqualTo(400);
    }

    @Test
    void theLedgerBalancesInAllAndForAKey() {
        String key = stack.newKey();
        stack.record(event(key, "s3", 1, "a/b"));
        stack.settle(key);
        stack.record(event(key, "s3", 1, "a/b"));
        JsonObject ofKey = ok("ledger?keyId=" + key);
        assertThat(ofKey)
                .hasToString("{\"keyId\":\"" + key + "\",\"recorded\":2,\"accounted\":1,\"claimed\":0,\"pending\":1,"
                        + "\"balanced\":true}");
        JsonObject all = ok("ledger");
        assertThat(all.keySet())
                .containsExactly(
                        "recorded",
                        "settled",
                        "pending",
                        "setAside",
                        "balanced",
                        "keys",
                        "complete",
                        "unbalanced",
                        "mismatches",
                        "lastMismatch");
        assertThat(all.getBoolean("balanced")).as(all.toString()).isTrue();
        assertThat(ok("ledger?keyId=" + stack.newKey()).getInt("recorded")).isZero();
    }

    @Test
    void batchesAndWhatWasSetAsideAreListed() {
        String key = stack.newKey();
        stack.record(event(key, "s3", 1, "a/b"));
        stack.tables.delete(key);
        stack.settle(key);
        JsonObject aside = ok("settlement/set-aside?keyId=" + key);
        assertThat(aside.getInt("total")).isEqualTo(1);
        assertThat(aside.getJsonArray("items").getJsonObject(0).getString("reason"))
                .isEqualTo("no such key");
        assertThat(ok("settlement/set-aside?q=no%20such").getInt("total")).isPositive();
        JsonObject batch = ok("settlement/batches?size=1").getJsonArray("items").getJsonObject(0);
        assertThat(batch.keySet())
                .containsExactly("id", "node", "settledAt", "keys", "repeated", "setAside", "requests");
        assertThat(ok("settlement/batches?q=nowhere").getInt("total")).isZero();
    }

    @Test
    void withoutRedisTheLedgerIs503AndAccountsSayWhatIsMissing() {
        String key = stack.newKey();
        stack.record(event(key, "s3", 1, "a/b"));
        stack.settle(key);
        RedissonClient lost =
                RedisConnection.open(Settings.of(Map.of("tollgate.redis.url", "redis://127.0.0.1:" + Ports.free())));
        try {
            InProcess away = over(lost);
            assertThat(away.get(ADMIN + "ledger").status()).isEqualTo(503);
            assertThat(away.get(ADMIN + "ledger?keyId=" + key).status()).isEqualTo(503);
            InProcess.Answer account = away.get(ADMIN + "accounts/" + stack.tables.accountOf(key) + "/analytics");
            assertThat(account.json().getJsonObject("summary").getInt("totalRequests"))
                    .isEqualTo(1);
            assertThat(account.json().getJsonObject("meta").getBoolean("pendingIncluded"))
                    .isFalse();
            RedisInfo server = new RedisInfo(
                    new ScriptBatcher(lost, 1, 8, 8, Duration.ofSeconds(1)), new RedisKeys(""), Duration.ofSeconds(1));
            assertThat(server.info()).isEmpty();
        } finally {
            lost.shutdown();
        }
    }

    @Test
    void redisReportsItsStateAndBatchesAreTimed() {
        ScriptBatcher batcher = new ScriptBatcher(stack.client, 1, 8, 8, PATIENCE);
        RedisInfo.Info info =
                new RedisInfo(batcher, stack.keys, PATIENCE).info().orElseThrow();
        try (RedisWire wire = new RedisWire(stack.redis.port())) {
            assertThat((String) wire.send("INFO", "server"))
                    .contains("redis_version:" + info.version().orElseThrow() + "\r\n");
        }
        assertThat(info.usedMemoryBytes().orElseThrow()).isPositive();
        assertThat(info.opsPerSecond()).isPresent();
        Ports.await("the batch recorded", PATIENCE, () -> batcher.lastMinute().roundTrips() > 0);
        assertThat(batcher.lastMinute().maxMicros()).isPositive();
    }
}
