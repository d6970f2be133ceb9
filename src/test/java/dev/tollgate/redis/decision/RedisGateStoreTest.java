package dev.tollgate.redis.decision;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.config.Settings;
import dev.tollgate.core.limit.AccountStateSource.AccountState;
import dev.tollgate.core.limit.Ban;
import dev.tollgate.core.limit.BanLadder;
import dev.tollgate.core.limit.BanLevel;
import dev.tollgate.core.limit.BillingMonth;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.Decision;
import dev.tollgate.core.limit.Decision.Outcome;
import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.core.limit.StateMissingException;
import dev.tollgate.core.limit.WindowPolicy;
import dev.tollgate.fixture.redis.RealRedis;
import dev.tollgate.fixture.redis.RedisWire;
import dev.tollgate.redis.batch.ScriptBatcher;
import dev.tollgate.redis.connection.RedisConnection;
import dev.tollgate.redis.connection.RedisKeys;
import java.time.Duration;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;

/** Tests the rules of the script with concurrent requests on a real Redis. */
class RedisGateStoreTest {

    private static RealRedis redis;
    private static RedissonClient client;
    private static ExecutorService threads;

    private final RedisKeys keys = new RedisKeys("");
    private RedisGateStore gate;

    @BeforeAll
    static void start() {
        redis = RealRedis.start();
        client = RedisConnection.open(Settings.of(Map.of("tollgate.redis.url", redis.url())));
        threads = Executors.newFixedThreadPool(64);
    }

    @AfterAll
    static void stop() {
        threads.shutdownNow();
        client.shutdown();
        redis.close();
    }

    @BeforeEach
    void empty() {
        client.getKeys().flushall();
        gate = new RedisGateStore(
                new ScriptBatcher(client, 4, 64, 10_000, Duration.ofSeconds(5)), keys, System::currentTimeMillis);
    }

    private static GateRequest minute(Caller caller, long limit, OptionalLong quota, int cost) {
        BanLadder ladder = caller.isAccount() ? BanLadder.STANDARD : BanLadder.STANDARD.withoutPermanent();
        return GateRequest.charge(caller, List.of(WindowPolicy.minute(limit)), quota, cost, ladder);
    }

    private Decision decide(GateRequest request) {
        try {
            return gate.decide(request).toCompletableFuture().join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof StateMissingException needed) {
                gate.restore(request.caller(), needed.month(), AccountState.NONE)
                        .toCompletableFuture()
                        .join();
                return gate.decide(request).toCompletableFuture().join();
            }
            throw e;
        }
    }

    private List<Decision> atOnce(int count, Callable<Decision> request) throws Exception {
        List<Callable<Decision>> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(request);
        }
        List<Decision> decisions = new ArrayList<>();
        for (Future<Decision> future : threads.invokeAll(all)) {
            decisions.add(future.get());
        }
        return decisions;
    }

    private static long count(List<Decision> decisions, Outcome outcome) {
        return decisions.stream()
                .filter(decision -> decision.outcome() == outcome)
                .count();
    }

    @RepeatedTest(10)
    void ofConcurrentRequestsExactlyTheLimitIsAdmitted() throws Exception {
        GateRequest request = minute(Caller.account("pro"), 100, OptionalLong.of(50_000), 1);
        List<Decision> decisions = atOnce(160, () -> decide(request));
        assertThat(count(decisions, Outcome.ADMITTED)).isEqualTo(100);
        assertThat(client.getBucket(keys.quota(request.caller(), month()), StringCodec.INSTANCE)
                        .get())
                .as("refused requests consume no quota")
                .isEqualTo("100");
    }

    @Test
    void aBurstOfViolationsEndsInTheLowestBan() throws Exception {
        GateRequest request = minute(Caller.account("burst"), 10, OptionalLong.of(1_000), 1);
        List<Decision> decisions = atOnce(200, () -> decide(request));
        assertThat(count(decisions, Outcome.ADMITTED)).isEqualTo(10);
        assertThat(count(decisions, Outcome.RATE_LIMITED)).isEqualTo(4);
        List<Ban> bans =
                decisions.stream().flatMap(d -> d.ban().stream()).distinct().toList();
        assertThat(bans).hasSize(1);
        assertThat(bans.get(0).level().label()).isEqualTo("5_MIN");
        assertThat(decisions.stream().filter(Decision::banApplied)).hasSize(1);
    }

    @Test
    void requestsOfTheSameMillisecondAreAllCounted() throws Exception {
        GateRequest request = minute(Caller.account("same-ms"), 50, OptionalLong.empty(), 1);
        List<Decision> decisions = atOnce(400, () -> decide(request));
        assertThat(count(decisions, Outcome.ADMITTED)).isEqualTo(50);
    }

    @Test
    void theMonthsQuotaIsNeverOvershotByConcurrentRequests() throws Exception {
        GateRequest request =
                GateRequest.charge(Caller.account("quota"), List.of(), OptionalLong.of(120), 1, BanLadder.STANDARD);
        List<Decision> decisions = atOnce(400, () -> decide(request));
        assertThat(count(decisions, Outcome.ADMITTED)).isEqualTo(120);
        assertThat(count(decisions, Outcome.QUOTA_EXCEEDED)).isEqualTo(280);
    }

    @Test
    void aRequestOverTheQuotaIsNoViolationAndTakesNoPlaceInTheWindow() {
        Caller caller = Caller.account("over-quota");
        decide(GateRequest.charge(caller, List.of(), OptionalLong.of(2), 1, BanLadder.STANDARD));
        for (int i = 0; i < 30; i++) {
            assertThat(decide(minute(caller, 100, OptionalLong.of(2), 2)).outcome())
                    .isEqualTo(Outcome.QUOTA_EXCEEDED);
            assertThat(decide(minute(caller, 100, OptionalLong.of(2), 3)).outcome())
                    .isEqualTo(Outcome.COST_EXCEEDS_LIMIT);
        }
        assertThat(client.getBucket(keys.violations(caller), StringCodec.INSTANCE)
                        .isExists())
                .isFalse();
        assertThat(client.getBucket(keys.requests(caller, ""), StringCodec.INSTANCE)
                        .isExists())
                .isFalse();
    }

    @Test
    void aRefusedRequestDoesNotExtendTheWindow() {
        Caller caller = Caller.account("refused");
        assertThat(decide(minute(caller, 10, OptionalLong.empty(), 10)).outcome())
                .isEqualTo(Outcome.ADMITTED);
        Decision first = decide(minute(caller, 10, OptionalLong.empty(), 1));
        Decision second = decide(minute(caller, 10, OptionalLong.empty(), 1));
        assertThat(first.outcome()).isEqualTo(Outcome.RATE_LIMITED);
        assertThat(second.policies().get(0).resetMillis())
                .as("the way back gets shorter, whatever was refused meanwhile")
                .isLessThanOrEqualTo(first.policies().get(0).resetMillis());
    }

    @Test
    void severalPoliciesAdmitTogetherOrNoneIsCharged() {
        Caller caller = Caller.account("several");
        GateRequest request = GateRequest.charge(
                caller,
                List.of(WindowPolicy.minute(100), new WindowPolicy("reports", "route:reports", 2, 60_000)),
                OptionalLong.of(1_000),
                1,
                BanLadder.STANDARD);
        decide(request);
        decide(request);
        Decision refused = decide(request);
        assertThat(refused.violated()).containsExactly("reports");
        assertThat(refused.policies()).extracting("remaining").containsExactly(98L, 0L, 998L);
    }

    @Test
    void aLowerBanByHandNeverReplacesAHigherOne() {
        Caller caller = Caller.account("by-hand");
        Ban day = join(gate.ban(caller, BanLevel.lasting(Duration.ofDays(1)), "a day"));
        assertThat(join(gate.ban(caller, BanLevel.lasting(Duration.ofMinutes(5)), "less")))
                .isEqualTo(day);
        Ban permanent = join(gate.ban(caller, BanLevel.PERMANENT, "for good"));
        assertThat(join(gate.ban(caller, BanLevel.lasting(Duration.ofDays(1)), "less")))
                .isEqualTo(permanent);
        assertThat(join(gate.lift(caller))).contains(permanent);
        assertThat(join(gate.lift(caller))).isEmpty();
        assertThat(decide(minute(caller, 10, OptionalLong.empty(), 1)).outcome())
                .isEqualTo(Outcome.ADMITTED);
    }

    @Test
    void anEmptiedRedisIsRestoredBeforeItDecides() {
        Caller caller = Caller.account("emptied");
        Ban ban = Ban.starting(BanLevel.PERMANENT, "remembered", 1_700_000_000_000L);
        join(gate.restore(caller, month(), new AccountState(7, Optional.of(ban))));
        Decision decision = decide(minute(caller, 10, OptionalLong.of(1_000), 1));
        assertThat(decision.ban()).contains(ban);
        gate.lift(caller).toCompletableFuture().join();
        assertThat(decide(minute(caller, 10, OptionalLong.of(1_000), 1))
                        .policies()
                        .get(1)
                        .remaining())
                .isEqualTo(992);
    }

    @Test
    void aBanLiftedDuringARestoreDoesNotComeBack() {
        Caller caller = Caller.account("recalled-before-the-lift");
        AccountState recalled =
                new AccountState(7, Optional.of(Ban.starting(BanLevel.PERMANENT, "remembered", 1_700_000_000_000L)));
        join(gate.lift(caller));
        join(gate.restore(caller, month(), recalled));
        assertThat(decide(minute(caller, 10, OptionalLong.of(1_000), 1)).outcome())
                .isEqualTo(Outcome.ADMITTED);
        join(gate.ban(caller, BanLevel.PERMANENT, "by hand, after all"));
        assertThat(decide(minute(caller, 10, OptionalLong.of(1_000), 1)).ban()).isPresent();
    }

    @Test
    void aBanHoldsAlsoWhereTheMonthIsNotKnown() {
        Caller caller = Caller.account("banned-no-month");
        Ban ban = join(gate.ban(caller, BanLevel.PERMANENT, "by hand"));
        assertThat(join(gate.decide(minute(caller, 10, OptionalLong.of(1_000), 1)))
                        .ban())
                .as("decided without asking for history")
                .contains(ban);
    }

    @Test
    void aRestoreNeverSetsACounterBack() {
        Caller caller = Caller.account("restore");
        decide(minute(caller, 10, OptionalLong.of(1_000), 5));
        join(gate.restore(caller, month(), new AccountState(2, Optional.empty())));
        assertThat(decide(minute(caller, 10, OptionalLong.of(1_000), 1))
                        .policies()
                        .get(1)
                        .remaining())
                .isEqualTo(994);
    }

    @Test
    void everyKeyButAPermanentBanExpires() {
        for (String name : List.of("a", "b", "c")) {
            Caller caller = Caller.account(name);
            for (int i = 0; i < 20; i++) {
                decide(minute(caller, 10, OptionalLong.of(1_000), 1));
            }
        }
        decide(minute(Caller.address("192.0.2.7"), 10, OptionalLong.empty(), 1));
        join(gate.ban(Caller.account("c"), BanLevel.PERMANENT, "kept"));
        for (String key : client.getKeys().getKeys()) {
            long left = client.getBucket(key, StringCodec.INSTANCE).remainTimeToLive();
            if (key.startsWith("perm_ban:")) {
                assertThat(left).as(key).isEqualTo(-1);
            } else {
                assertThat(left).as(key).isPositive();
            }
        }
    }

    @Test
    void aMillionAMinuteStaysSmallAndIsNeverOverAdmitted() {
        Caller caller = Caller.account("huge");
        long admitted = 0;
        for (int i = 0; i < 1_200; i++) {
            if (decide(minute(caller, 1_000_000, OptionalLong.empty(), 1_000)).isAdmitted()) {
                admitted += 1_000;
            }
        }
        assertThat(admitted).isEqualTo(1_000_000);
        Long bytes = client.getScript(StringCodec.INSTANCE)
                .eval(
                        org.redisson.api.RScript.Mode.READ_ONLY,
                        "return redis.call('MEMORY', 'USAGE', KEYS[1])",
                        org.redisson.api.RScript.ReturnType.LONG,
                        List.of(keys.requests(caller, "")));
        assertThat(bytes).isLessThan(16_384);
    }

    private int replyLength(RedisWire wire, GateRequest request) {
        List<?> replies = (List<?>) wire.send(GateCommand.decide(gate, request, month()));
        assertThat(replies).hasSize(1);
        return ((String) replies.get(0)).length();
    }

    @Test
    void theReplyIsAsShortForAFullWindowAsForAnEmptyOne() {
        GateRequest empty = minute(Caller.account("empty"), 1_000_000, OptionalLong.of(2_000_000), 1);
        GateRequest full = minute(Caller.account("filled"), 1_000_000, OptionalLong.of(2_000_000), 1);
        GateRequest exact = minute(Caller.account("exact"), 100, OptionalLong.of(2_000_000), 1);
        decide(empty);
        for (int i = 0; i < 3_000; i++) {
            decide(full);
        }
        for (int i = 0; i < 100; i++) {
            decide(exact);
        }
        try (RedisWire wire = new RedisWire(redis.port())) {
            wire.send(GateCommand.load());
            int shortest = replyLength(wire, empty);
            // Longer by the digits of larger numbers, and by a refusal's count of violations.
            assertThat(replyLength(wire, full)).isLessThanOrEqualTo(shortest + 8);
            assertThat(replyLength(wire, exact)).isLessThanOrEqualTo(shortest + 40);
        }
    }

    @Test
    void theMonthIsAUtcMonthOfTheLengthItHas() {
        BillingMonth february = BillingMonth.of(YearMonth.of(2028, 2));
        assertThat(february.lengthSeconds()).isEqualTo(29 * 86_400);
        assertThat(BillingMonth.at(february.endMillis() - 1)).isEqualTo(february);
        assertThat(BillingMonth.at(february.endMillis()).toString()).isEqualTo("2028-03");
    }

    private static BillingMonth month() {
        return BillingMonth.at(System.currentTimeMillis());
    }

    private static <T> T join(java.util.concurrent.CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }
}
