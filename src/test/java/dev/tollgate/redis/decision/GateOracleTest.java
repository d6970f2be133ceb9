package dev.tollgate.redis.decision;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.config.Settings;
import dev.tollgate.core.limit.AccountStateSource;
import dev.tollgate.core.limit.BanLadder;
import dev.tollgate.core.limit.BanLevel;
import dev.tollgate.core.limit.BillingMonth;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.Decision;
import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.core.limit.InMemoryGateStore;
import dev.tollgate.core.limit.LeaseGrant;
import dev.tollgate.core.limit.LeaseRequest;
import dev.tollgate.core.limit.LeaseRequest.LeaseReport;
import dev.tollgate.core.limit.StateMissingException;
import dev.tollgate.core.limit.WindowPolicy;
import dev.tollgate.fixture.redis.RealRedis;
import dev.tollgate.redis.batch.Operation;
import dev.tollgate.redis.batch.RedisScripts;
import dev.tollgate.redis.batch.Script;
import dev.tollgate.redis.batch.ScriptBatcher;
import dev.tollgate.redis.connection.RedisConnection;
import dev.tollgate.redis.connection.RedisKeys;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;

/** Tests with random histories that the script and {@link InMemoryGateStore} give equal decisions. */
class GateOracleTest {

    private static final long START = System.currentTimeMillis();
    private static final AtomicLong HISTORIES = new AtomicLong();

    private static RealRedis redis;
    private static RedissonClient client;
    private static ScriptBatcher batcher;

    @BeforeContainer
    static void start() {
        redis = RealRedis.start();
        client = RedisConnection.open(Settings.of(Map.of("tollgate.redis.url", redis.url())));
        batcher = new ScriptBatcher(client, 4, 64, 10_000, Duration.ofSeconds(5));
    }

    @AfterContainer
    static void stop() {
        client.shutdown();
        redis.close();
    }

    /** One step of a history. */
    sealed interface Step {}

    record Ask(int caller, int policy, int cost, boolean enforced, boolean charged, boolean violating)
            implements Step {}

    record Wait(long millis) implements Step {}

    record BanByHand(int caller, int level) implements Step {}

    record Lift(int caller) implements Step {}

    /** Empties the windows of some policy, and the month if it says so. */
    record Reset(int caller, int policy, boolean month) implements Step {}

    /** Gives units back that a request was charged so long ago, except to some of its policies. */
    record Refund(int caller, int policy, int units, long ago, List<String> uncharged) implements Step {}

    /**
     * Asks for a lease, and reports an earlier one of the same caller and policy, perhaps for the second time.
     *
     * @param report which of the earlier leases, counted from the latest; none if there are fewer
     */
    record TakeLease(int caller, int policy, int wanted, long length, int report, int percentSpent) implements Step {}

    private static final List<BanLevel> LEVELS = List.of(
            BanLevel.lasting(Duration.ofSeconds(30)),
            BanLevel.lasting(Duration.ofMinutes(5)),
            BanLevel.lasting(Duration.ofDays(1)),
            BanLevel.PERMANENT);

    /** Policies that a history switches between: exact windows, windows in cells, several windows, quotas, unlimited. */
    private record Policy(List<WindowPolicy> windows, OptionalLong quota) {}

    private static final List<Policy> POLICIES = List.of(
            new Policy(List.of(WindowPolicy.minute(3)), OptionalLong.of(20)),
            new Policy(List.of(WindowPolicy.minute(10)), OptionalLong.empty()),
            new Policy(List.of(WindowPolicy.minute(100)), OptionalLong.of(150)),
            new Policy(List.of(WindowPolicy.minute(101)), OptionalLong.empty()),
            new Policy(List.of(WindowPolicy.minute(1_000)), OptionalLong.empty()),
            new Policy(List.of(WindowPolicy.minute(0)), OptionalLong.empty()),
            new Policy(List.of(), OptionalLong.of(30)),
            new Policy(List.of(), OptionalLong.empty()),
            new Policy(
                    List.of(WindowPolicy.minute(10), new WindowPolicy("reports", "route:reports", 4, 10_000)),
                    OptionalLong.of(1_000)),
            new Policy(
                    List.of(
                            WindowPolicy.minute(200),
                            new WindowPolicy("key", "key:k1", 5, 60_000),
                            new WindowPolicy("burst", "route:burst", 150, 1_000)),
                    OptionalLong.empty()),
            new Policy(
                    List.of(
                            WindowPolicy.ofTier("second", 3, 1),
                            WindowPolicy.minute(20),
                            WindowPolicy.ofTier("hour", 150, 3_600),
                            WindowPolicy.ofTier("day", 400, 86_400),
                            new WindowPolicy("reports", "route:reports", 40, 10_000),
                            new WindowPolicy("key", "key:k1", 15, 60_000)),
                    OptionalLong.of(300)),
            new Policy(
                    List.of(WindowPolicy.ofTier("hour", 60, 3_600), WindowPolicy.ofTier("day", 120, 86_400)),
                    OptionalLong.empty()),
            new Policy(
                    List.of(WindowPolicy.minute(600), new WindowPolicy("export", "route:export", 400, 10_000)),
                    OptionalLong.of(2_000)));

    @Provide
    Arbitrary<List<Step>> histories() {
        Arbitrary<Integer> caller = Arbitraries.integers().between(0, 2);
        Arbitrary<Step> ask = Combinators.combine(
                        caller,
                        Arbitraries.integers().between(0, POLICIES.size() - 1),
                        Arbitraries.frequencyOf(
                                net.jqwik.api.Tuple.of(8, Arbitraries.just(1)),
                                net.jqwik.api.Tuple.of(3, Arbitraries.integers().between(2, 60))),
                        Arbitraries.frequency(net.jqwik.api.Tuple.of(7, true), net.jqwik.api.Tuple.of(3, false)),
                        Arbitraries.frequency(net.jqwik.api.Tuple.of(9, true), net.jqwik.api.Tuple.of(1, false)),
                        Arbitraries.frequency(net.jqwik.api.Tuple.of(9, true), net.jqwik.api.Tuple.of(1, false)))
                .as(Ask::new);
        Arbitrary<Step> wait = Arbitraries.frequencyOf(
                        net.jqwik.api.Tuple.of(6, Arbitraries.longs().between(0, 3)),
                        net.jqwik.api.Tuple.of(6, Arbitraries.longs().between(1, 30_000)),
                        net.jqwik.api.Tuple.of(3, Arbitraries.of(999L, 1_000L, 59_999L, 60_000L, 60_001L, 300_000L)),
                        net.jqwik.api.Tuple.of(1, Arbitraries.longs().between(300_000, 86_400_000L * 8)))
                .map(Wait::new);
        Arbitrary<Step> ban = Combinators.combine(caller, Arbitraries.integers().between(0, 3))
                .as(BanByHand::new);
        Arbitrary<Step> lift = caller.map(Lift::new);
        Arbitrary<Step> reset = Combinators.combine(
                        caller, Arbitraries.integers().between(0, POLICIES.size() - 1), Arbitraries.of(true, false))
                .as(Reset::new);
        Arbitrary<Step> refund = Combinators.combine(
                        caller,
                        Arbitraries.integers().between(0, POLICIES.size() - 1),
                        Arbitraries.integers().between(1, 40),
                        Arbitraries.longs().between(0, 70_000),
                        Arbitraries.<List<String>>of(
                                List.of(), List.of("minute"), List.of("month"), List.of("key", "export")))
                .as(Refund::new);
        Arbitrary<Step> lease = Combinators.combine(
                        caller,
                        Arbitraries.integers().between(2, POLICIES.size() - 1),
                        Arbitraries.frequencyOf(
                                net.jqwik.api.Tuple.of(4, Arbitraries.integers().between(1, 60)),
                                net.jqwik.api.Tuple.of(1, Arbitraries.just(0))),
                        Arbitraries.longs().between(1, LeaseRequest.MAX_LENGTH_MILLIS),
                        Arbitraries.integers().between(0, 2),
                        Arbitraries.integers().between(0, 100))
                .as(TakeLease::new);
        return Arbitraries.frequencyOf(
                        net.jqwik.api.Tuple.of(20, ask),
                        net.jqwik.api.Tuple.of(6, wait),
                        net.jqwik.api.Tuple.of(8, lease),
                        net.jqwik.api.Tuple.of(3, refund),
                        net.jqwik.api.Tuple.of(1, ban),
                        net.jqwik.api.Tuple.of(2, reset),
                        net.jqwik.api.Tuple.of(1, lift))
                .list()
                .ofMinSize(5)
                .ofMaxSize(60);
    }

    @Property(tries = 2_000)
    void scriptAndLocalGateAgreeOnEveryHistory(@ForAll("histories") List<Step> history, @ForAll boolean skewed) {
        AtomicLong clock = new AtomicLong(START);
        LongSkew skew = new LongSkew(clock, skewed);
        RedisGateStore script = new RedisGateStore(
                batcher,
                new RedisKeys("h" + HISTORIES.incrementAndGet() + ":"),
                skew::now,
                new RedisGateStore.Scripts(
                        RedisScripts.onTestClock("decision/gate"),
                        Script.load(Operation.GATE, "decision/restore"),
                        RedisScripts.onTestClock("decision/ban_format", "decision/ban"),
                        RedisScripts.onTestClock("decision/ban_format", "decision/lift"),
                        RedisScripts.onTestClock("decision/window_log", "decision/lease"),
                        RedisScripts.onTestClock("decision/window_log", "decision/refund"),
                        RedisScripts.onTestClock("decision/window_log", "decision/reset")));
        InMemoryGateStore local = new InMemoryGateStore(clock::get, 100);
        List<Caller> callers = List.of(Caller.account("a"), Caller.account("b"), Caller.address("192.0.2.1"));
        setClock(clock.get());
        List<String> told = new ArrayList<>();
        Map<String, List<LeaseReport>> reports = new HashMap<>();
        for (Step step : history) {
            told.add(step.toString());
            if (step instanceof Ask ask) {
                GateRequest request = request(callers.get(ask.caller()), ask);
                Decision expected = local.decide(request, clock.get());
                Decision actual = decide(script, request);
                assertThat(actual).as("after %s at %d", told, clock.get()).isEqualTo(expected);
                boolean neverFits = actual.policies().stream().anyMatch(policy -> policy.quota() < ask.cost());
                assertThat(actual.outcome() == Decision.Outcome.COST_EXCEEDS_LIMIT)
                        .as("after %s at %d", told, clock.get())
                        .isEqualTo(neverFits);
            } else if (step instanceof TakeLease lease) {
                GateRequest request =
                        request(callers.get(lease.caller()), new Ask(0, lease.policy(), 1, false, false, false));
                decide(script, request); // the account's month has to be there
                local.decide(request, clock.get());
                List<LeaseReport> earlier =
                        reports.computeIfAbsent(lease.caller() + " " + lease.policy(), unused -> new ArrayList<>());
                int reported = earlier.size() - 1 - lease.report();
                LeaseRequest wanted = new LeaseRequest(
                        request,
                        "l" + told.size(),
                        lease.wanted(),
                        lease.length(),
                        reported < 0 ? Optional.empty() : Optional.of(earlier.get(reported)));
                LeaseGrant expected = local.lease(wanted, clock.get());
                LeaseGrant actual = script.lease(wanted).toCompletableFuture().join();
                assertThat(actual).as("after %s at %d", told, clock.get()).isEqualTo(expected);
                if (actual.units() > 0) {
                    long spent = actual.units() * lease.percentSpent() / 100;
                    // A node that got no reply guesses the month, and some guess wrongly.
                    BillingMonth month = lease.wanted() % 7 == 0
                            ? BillingMonth.at(actual.month().endMillis())
                            : actual.month();
                    earlier.add(
                            new LeaseReport(wanted.id(), month, lease.wanted() % 2 == 0 ? actual.datedAt() : 0, spent));
                }
            } else if (step instanceof Refund refund) {
                GateRequest request =
                        request(callers.get(refund.caller()), new Ask(0, refund.policy(), 1, false, true, false));
                script.refund(request, refund.uncharged(), refund.units(), clock.get() - refund.ago())
                        .toCompletableFuture()
                        .join();
                local.refund(request, refund.uncharged(), refund.units(), clock.get() - refund.ago());
            } else if (step instanceof Reset reset) {
                GateRequest request =
                        request(callers.get(reset.caller()), new Ask(0, reset.policy(), 1, false, false, false));
                decide(script, request); // the account's month has to be there
                local.decide(request, clock.get());
                boolean month = reset.month() && request.caller().isAccount();
                BillingMonth expected = local.reset(request.caller(), request.windows(), month)
                        .toCompletableFuture()
                        .join();
                BillingMonth actual = script.reset(request.caller(), request.windows(), month)
                        .toCompletableFuture()
                        .join();
                assertThat(month ? actual : expected)
                        .as("after %s at %d", told, clock.get())
                        .isEqualTo(expected);
            } else if (step instanceof Wait wait) {
                setClock(clock.addAndGet(wait.millis()));
            } else if (step instanceof BanByHand ban) {
                Caller caller = callers.get(ban.caller());
                BanLevel level = LEVELS.get(ban.level());
                assertThat(script.ban(caller, level, "by hand")
                                .toCompletableFuture()
                                .join())
                        .isEqualTo(local.ban(caller, level, "by hand")
                                .toCompletableFuture()
                                .join());
            } else if (step instanceof Lift lift) {
                Caller caller = callers.get(lift.caller());
                assertThat(script.lift(caller).toCompletableFuture().join())
                        .isEqualTo(local.lift(caller).toCompletableFuture().join());
            }
        }
    }

    /** Decides as the gate does: restores missing state, here an empty one, and decides again. */
    private static Decision decide(RedisGateStore script, GateRequest request) {
        try {
            return script.decide(request).toCompletableFuture().join();
        } catch (CompletionException e) {
            BillingMonth month = ((StateMissingException) e.getCause()).month();
            script.restore(request.caller(), month, AccountStateSource.AccountState.NONE)
                    .toCompletableFuture()
                    .join();
            return script.decide(request).toCompletableFuture().join();
        }
    }

    private static GateRequest request(Caller caller, Ask ask) {
        Policy policy = POLICIES.get(ask.policy());
        BanLadder ladder = caller.isAccount() ? BanLadder.STANDARD : BanLadder.STANDARD.withoutPermanent();
        GateRequest request = new GateRequest(
                caller,
                policy.windows(),
                policy.quota(),
                ask.cost(),
                ladder,
                GateRequest.Mode.of(ask.enforced(), ask.charged()));
        return ask.violating() ? request : request.withoutViolation();
    }

    private static void setClock(long millis) {
        client.getBucket(RedisScripts.CLOCK, StringCodec.INSTANCE).set(Long.toString(millis));
    }

    /** Returns the node's clock: right, or a month behind, which the script must notice. */
    private record LongSkew(AtomicLong clock, boolean behind) {
        long now() {
            return behind ? BillingMonth.at(clock.get()).startMillis() - 1 : clock.get();
        }
    }
}
