package dev.tollgate.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.config.Settings;
import dev.tollgate.core.limit.AccountStateSource.AccountState;
import dev.tollgate.core.limit.Ban;
import dev.tollgate.core.limit.BanLadder;
import dev.tollgate.core.limit.BanLevel;
import dev.tollgate.core.limit.BanSink;
import dev.tollgate.core.limit.BillingMonth;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.Decision;
import dev.tollgate.core.limit.Decision.Outcome;
import dev.tollgate.core.limit.FailureMode;
import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.core.limit.InMemoryGateStore;
import dev.tollgate.core.limit.WindowPolicy;
import dev.tollgate.fixture.redis.RealRedis;
import dev.tollgate.gate.lease.NoLeases;
import dev.tollgate.redis.batch.ScriptBatcher;
import dev.tollgate.redis.connection.RedisConnection;
import dev.tollgate.redis.connection.RedisKeys;
import dev.tollgate.redis.decision.RedisGateStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.redisson.api.RedissonClient;

/** All callers at once before a Redis that was emptied, as after a failover without a replica. */
class StateRestorerTest {

    private static final int ACCOUNTS = 1_000;
    private static final int REQUESTS_EACH = 8;
    private static final int THREADS = 64;
    private static final int QUERIES_AT_ONCE = 4;
    private static final long USED = 96;
    private static final long QUOTA = 100;

    private final Map<String, AtomicInteger> queries = new ConcurrentHashMap<>();
    private final AtomicInteger atOnce = new AtomicInteger();
    private final AtomicInteger mostAtOnce = new AtomicInteger();
    private final ExecutorService database = Executors.newFixedThreadPool(QUERIES_AT_ONCE);
    private final ExecutorService requests = Executors.newFixedThreadPool(THREADS);
    private RealRedis redis;
    private RedissonClient client;
    private Gate gate;

    @BeforeEach
    void start() {
        redis = RealRedis.start();
        client = RedisConnection.open(Settings.of(Map.of("tollgate.redis.url", redis.url())));
        client.getKeys().count();
        RedisGateStore store = new RedisGateStore(
                new ScriptBatcher(client, 4, 128, 10_000, Duration.ofSeconds(5)),
                new RedisKeys(""),
                System::currentTimeMillis);
        gate = new Gate(
                store,
                new InMemoryGateStore(System::currentTimeMillis, 10),
                NoLeases.of(store),
                this::recall,
                new BanCache(10, System::currentTimeMillis),
                new BanSink() {
                    @Override
                    public void keep(Caller caller, Ban ban) {
                        // These bans came from there.
                    }

                    @Override
                    public void supersede(Caller caller) {
                        // None is lifted here.
                    }
                },
                new CircuitBreaker(1_000, 0, 100, 400),
                Duration.ofSeconds(10),
                Duration.ofSeconds(30),
                FailureMode.OPEN);
    }

    @AfterEach
    void stop() {
        database.shutdownNow();
        requests.shutdownNow();
        client.shutdown();
        redis.close();
    }

    private CompletionStage<AccountState> recall(Caller caller, BillingMonth month) {
        return CompletableFuture.supplyAsync(
                () -> {
                    mostAtOnce.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
                    queries.computeIfAbsent(caller.id(), id -> new AtomicInteger())
                            .incrementAndGet();
                    LockSupport.parkNanos(500_000);
                    atOnce.decrementAndGet();
                    return new AccountState(
                            USED,
                            isBanned(caller)
                                    ? Optional.of(new Ban(BanLevel.PERMANENT, "enough", 1_000, OptionalLong.empty()))
                                    : Optional.empty());
                },
                database);
    }

    private static boolean isBanned(Caller caller) {
        return caller.id().endsWith("0");
    }

    @Test
    void everyAccountIsAskedForOnceFewAtATimeAndNothingIsDecidedBefore() throws Exception {
        Map<Caller, List<Decision>> decisions = new ConcurrentHashMap<>();
        CountDownLatch done = new CountDownLatch(ACCOUNTS * REQUESTS_EACH);
        for (int i = 0; i < ACCOUNTS * REQUESTS_EACH; i++) {
            Caller caller = Caller.account("account-" + i / REQUESTS_EACH);
            requests.execute(() -> {
                GateResult answer = gate.decide(request(caller), FailureMode.CLOSED);
                answer.decision()
                        .ifPresent(decision -> decisions
                                .computeIfAbsent(caller, c -> java.util.Collections.synchronizedList(new ArrayList<>()))
                                .add(decision));
                done.countDown();
            });
        }
        done.await();
        assertThat(queries).hasSize(ACCOUNTS);
        assertThat(queries.values()).allSatisfy(count -> assertThat(count).hasValue(1));
        assertThat(mostAtOnce.get()).isLessThanOrEqualTo(QUERIES_AT_ONCE);
        decisions.forEach((caller, made) -> {
            assertThat(made).hasSize(REQUESTS_EACH);
            long admitted = made.stream()
                    .filter(decision -> decision.outcome() == Outcome.ADMITTED)
                    .count();
            assertThat(admitted).as(caller.id()).isEqualTo(isBanned(caller) ? 0 : QUOTA - USED);
        });
    }

    @Test
    void emptiedOnceMoreItIsAskedForOnceMore() {
        Caller caller = Caller.account("a");
        gate.decide(request(caller), FailureMode.CLOSED);
        client.getKeys().flushall();
        gate.decide(request(caller), FailureMode.CLOSED);
        assertThat(queries.get("a")).hasValue(2);
    }

    private static GateRequest request(Caller caller) {
        return GateRequest.charge(
                caller, List.of(WindowPolicy.minute(1_000)), OptionalLong.of(QUOTA), 1, BanLadder.STANDARD);
    }
}
