package dev.tollgate.rest.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.config.Settings;
import dev.tollgate.core.audit.AuditEvent;
import dev.tollgate.core.limit.BanLadder;
import dev.tollgate.core.limit.BanLevel;
import dev.tollgate.core.limit.BillingMonth;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.Decision;
import dev.tollgate.core.limit.Decision.Outcome;
import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.core.limit.StateMissingException;
import dev.tollgate.core.limit.WindowPolicy;
import dev.tollgate.fixture.postgres.BoundDatabase;
import dev.tollgate.fixture.redis.RealRedis;
import dev.tollgate.http.address.CallerAddressParser;
import dev.tollgate.postgres.account.JpaAccountStateSource;
import dev.tollgate.postgres.account.JpaAccounts;
import dev.tollgate.postgres.account.JpaBanRepository;
import dev.tollgate.postgres.account.JpaTiers;
import dev.tollgate.postgres.settlement.JdbcSettlementStore;
import dev.tollgate.redis.connection.RedisConnection;
import dev.tollgate.redis.decision.Decisions;
import dev.tollgate.redis.sync.RedisRouteWindows;
import dev.tollgate.rest.support.InProcess;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;

/** Tests of resets by hand, over a real Redis and a real PostgreSQL: what they empty, and that nothing brings it back. */
class LimitResetsTest extends AdminCase {

    private static final WindowPolicy REPORTS = WindowPolicy.ofRoute("reports", "reports", 2, 60_000);
    private static final WindowPolicy OF_A_GUARD = WindowPolicy.ofRoute("export", "export", 2, 86_400_000);
    private static final Caller ADDRESS = Caller.address("192.0.2.7");

    private static RealRedis redis;
    private static RedissonClient client;
    private static Decisions node;
    private static InProcess limits;

    @BeforeAll
    static void connect() {
        redis = RealRedis.start();
        client = RedisConnection.open(Settings.of(Map.of("tollgate.redis.url", redis.url())));
        node = new Decisions(client, "");
        limits = resources();
    }

    private static InProcess resources() {
        RedisRouteWindows routes = new RedisRouteWindows(node.batcher, node.keys, () -> Map.of("reports", REPORTS));
        return new InProcess(
                List.of(AdminAccountsResource.class, AdminBansResource.class),
                new AdminFilter(),
                new AdminAuditor(audit::add),
                changes(),
                new JpaAccounts(postgres.database()),
                new JpaTiers(postgres.database()),
                node.gate,
                new JpaBanRepository(postgres.database()),
                new CallerAddressParser(64),
                resets(postgres.database(), node.gate, routes, changes()));
    }

    @AfterAll
    static void disconnect() {
        client.shutdown();
        redis.close();
    }

    @BeforeEach
    void signIn() {
        client.getKeys().flushall();
        limits.as("alice", true);
    }

    private static Decision decide(Caller caller, WindowPolicy... windows) {
        GateRequest request =
                GateRequest.charge(caller, List.of(windows), OptionalLong.of(1_000), 1, BanLadder.STANDARD);
        try {
            return node.gate.decide(request).toCompletableFuture().join();
        } catch (CompletionException e) {
            BillingMonth month = ((StateMissingException) e.getCause()).month();
            node.gate
                    .restore(
                            caller,
                            month,
                            new JpaAccountStateSource(postgres.database(), Runnable::run)
                                    .load(caller, month)
                                    .toCompletableFuture()
                                    .join())
                    .toCompletableFuture()
                    .join();
            return node.gate.decide(request).toCompletableFuture().join();
        }
    }

    private static void fill(Caller caller, WindowPolicy window) {
        for (int i = 0; i < window.limit(); i++) {
            assertThat(decide(caller, window).outcome()).isEqualTo(Outcome.ADMITTED);
        }
        assertThat(decide(caller, window).outcome()).isEqualTo(Outcome.RATE_LIMITED);
    }

    private static long used(Caller caller) {
        return decide(caller).policies().get(0).quota()
                - decide(caller).policies().get(0).remaining();
    }

    private InProcess.Answer reset(String account, String body) {
        return limits.send("POST", ACCOUNTS + "/" + account + "/reset", body);
    }

    private static InProcess.Answer lift(Caller caller, String query) {
        return limits.call(
                "DELETE", "api/v1/admin/bans/" + caller.id() + query, Map.of(), InputStream.nullInputStream());
    }

    @Test
    void theFirstRequestAfterALiftPasses() {
        fill(ADDRESS, WindowPolicy.minute(10));
        node.gate
                .ban(ADDRESS, BanLevel.parse("1_DAY").orElseThrow(), "abuse")
                .toCompletableFuture()
                .join();
        assertThat(lift(ADDRESS, "?reason=sorry").status()).isEqualTo(204);
        assertThat(decide(ADDRESS, WindowPolicy.minute(10)).outcome()).isEqualTo(Outcome.ADMITTED);
        assertThat(published).contains("reset " + ADDRESS.id(), "ban " + ADDRESS);
    }

    @Test
    void aLiftThatIsToldToKeepTheWindowsDoes() {
        fill(ADDRESS, WindowPolicy.minute(10));
        node.gate
                .ban(ADDRESS, BanLevel.parse("1_DAY").orElseThrow(), "abuse")
                .toCompletableFuture()
                .join();
        assertThat(lift(ADDRESS, "?windows=no").json().getString("parameter")).isEqualTo("windows");
        assertThat(lift(ADDRESS, "?windows=false").status()).isEqualTo(204);
        assertThat(decide(ADDRESS, WindowPolicy.minute(10)).outcome()).isEqualTo(Outcome.RATE_LIMITED);
        assertThat(published).doesNotContain("reset " + ADDRESS.id());
    }

    @Test
    void aLiftOfNoBanLeavesTheWindowsAlone() {
        fill(ADDRESS, WindowPolicy.minute(10));
        assertThat(lift(ADDRESS, "").status()).isEqualTo(404);
        assertThat(decide(ADDRESS, WindowPolicy.minute(10)).outcome()).isEqualTo(Outcome.RATE_LIMITED);
    }

    @Test
    void aWindowOfEachLengthThatATierOrTheAccountHasIsEmptied() {
        String id = account("shop", "pro");
        Caller caller = Caller.account(id);
        WindowPolicy ofTier = WindowPolicy.ofTier("day", 10, 86_400);
        WindowPolicy own = WindowPolicy.ofTier("hour", 5, 3_600);
        admin.send(
                "PUT",
                TIERS + "/pro",
                "{\"windows\":[{\"name\":\"day\",\"limit\":10,\"seconds\":86400}],\"monthlyQuota\":null}");
        admin.send(
                "PUT",
                ACCOUNTS + "/" + id + "/limits",
                "{\"windows\":[{\"name\":\"hour\",\"limit\":5,\"seconds\":3600}],\"reason\":\"a trial\"}");
        fill(caller, ofTier);
        fill(caller, own);
        assertThat(reset(id, "{\"windows\":true,\"reason\":\"their job ran twice\"}")
                        .status())
                .isEqualTo(204);
        for (WindowPolicy window : List.of(ofTier, own)) {
            assertThat(decide(caller, window).outcome()).as(window.name()).isEqualTo(Outcome.ADMITTED);
        }
    }

    @Test
    void everyWindowOfAnAccountIsEmptiedThoseOfItsKeysAndOfAGuardsRoutesToo() {
        String id = account("shop", "pro");
        Caller caller = Caller.account(id);
        String key = admin.send("POST", KEYS, "{\"accountId\":\"" + id + "\",\"name\":\"ci\",\"windowLimit\":3}")
                .json()
                .getString("id");
        // A guard has routes that this node's file does not have.
        new RedisRouteWindows(node.batcher, node.keys, () -> Map.of("export", OF_A_GUARD))
                .announce()
                .toCompletableFuture()
                .join();
        for (WindowPolicy window : List.of(WindowPolicy.minute(10), REPORTS, OF_A_GUARD, WindowPolicy.ofKey(key, 3))) {
            fill(caller, window);
        }
        long before = used(caller);
        assertThat(reset(id, "{\"windows\":true,\"reason\":\"their job ran twice\"}")
                        .status())
                .isEqualTo(204);
        for (WindowPolicy window : List.of(WindowPolicy.minute(10), REPORTS, OF_A_GUARD, WindowPolicy.ofKey(key, 3))) {
            assertThat(decide(caller, window).outcome()).as(window.scope()).isEqualTo(Outcome.ADMITTED);
        }
        assertThat(used(caller)).isGreaterThan(before);
        assertThat(published).contains("reset " + id);
        AuditEvent event = audit.get(audit.size() - 1);
        assertThat(event.type()).isEqualTo(AuditEvent.Type.LIMITS_RESET);
        assertThat(event.actor()).isEqualTo("alice");
        assertThat(event.details())
                .isEqualTo(Map.of("windows", "true", "month", "false", "reason", "their job ran twice"));
    }

    @Test
    void aMonthThatWasResetStaysSoIfRedisIsEmptiedAndItsWarningsAreGivenAnew() {
        String id = account("shop", "free");
        Caller caller = Caller.account(id);
        BillingMonth month = BillingMonth.at(System.currentTimeMillis());
        postgres.execute(
                "INSERT INTO quota_usage (account_id, month, used) VALUES ('" + id + "', '" + month + "', 900)");
        assertThat(used(caller)).isBetween(900L, 910L);
        client.getSet(node.keys.quotaWarnings(caller, month), StringCodec.INSTANCE)
                .add("80:1000");
        assertThat(reset(id, "{\"month\":true,\"reason\":\"goodwill\"}").status())
                .isEqualTo(204);
        assertThat(used(caller)).isLessThan(10);
        assertThat(client.getSet(node.keys.quotaWarnings(caller, month), StringCodec.INSTANCE)
                        .isExists())
                .isFalse();
        assertThat(client.getBucket(node.keys.quota(caller, month), StringCodec.INSTANCE)
                        .remainTimeToLive())
                .isPositive();
        client.getKeys().flushall();
        assertThat(used(caller)).isLessThan(10);
    }

    @Test
    void aMonthIsResetThoughRedisWasEmptied() {
        String id = account("shop", "free");
        BillingMonth month = BillingMonth.at(System.currentTimeMillis());
        postgres.execute(
                "INSERT INTO quota_usage (account_id, month, used) VALUES ('" + id + "', '" + month + "', 900)");
        assertThat(reset(id, "{\"month\":true,\"windows\":true,\"reason\":\"goodwill\"}")
                        .status())
                .isEqualTo(204);
        // A restore that read 900 before the reset does not bring it back.
        assertThat(client.getBucket(node.keys.quota(Caller.account(id), month), StringCodec.INSTANCE)
                        .get())
                .isEqualTo("0");
    }

    @Test
    void aSettlementThatReadTheMonthBeforeItsResetDoesNotBringItBack() {
        String id = account("shop", "free");
        BillingMonth month = BillingMonth.at(System.currentTimeMillis());
        BoundDatabase database = new BoundDatabase(postgres.server().dataSource());
        JdbcSettlementStore settlement = new JdbcSettlementStore(database, "node");
        Instant before = database.call(settlement::now);
        assertThat(reset(id, "{\"month\":true,\"reason\":\"goodwill\"}").status())
                .isEqualTo(204);
        settle(database, settlement, month, Map.of(id, 900L), before);
        assertThat(postgres.column("SELECT used FROM quota_usage")).containsExactly("0");
        settle(database, settlement, month, Map.of(id, 5L), database.call(settlement::now));
        assertThat(postgres.column("SELECT used FROM quota_usage")).containsExactly("5");
    }

    private static void settle(
            BoundDatabase database,
            JdbcSettlementStore settlement,
            BillingMonth month,
            Map<String, Long> used,
            Instant askedAt) {
        database.call(() -> {
            settlement.settleQuota(month.toString(), used, askedAt);
            return null;
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"reason\":\"x\"} | windows",
                "{\"windows\":false,\"month\":null,\"reason\":\"x\"} | windows",
                "{\"windows\":true} | reason",
                "{\"windows\":\"yes\",\"reason\":\"x\"} | windows",
                "{\"windows\":true,\"reason\":\"x\",\"all\":true} | all"
            })
    void aBodyThatResetsNothingOrGivesNoReasonIsRefusedByName(String body, String name) {
        String id = account("shop", "free");
        InProcess.Answer answer = reset(id, body);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().getString("parameter")).isEqualTo(name);
        assertThat(auditTypes()).doesNotContain(AuditEvent.Type.LIMITS_RESET);
        assertProblem(reset("nobody", "{\"windows\":true,\"reason\":\"x\"}"), 404, "NOT_FOUND");
    }
}
