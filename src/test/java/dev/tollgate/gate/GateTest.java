package dev.tollgate.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.config.Settings;
import dev.tollgate.core.limit.AccountStateSource;
import dev.tollgate.core.limit.Ban;
import dev.tollgate.core.limit.BanLadder;
import dev.tollgate.core.limit.BanLevel;
import dev.tollgate.core.limit.BanSink;
import dev.tollgate.core.limit.BillingMonth;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.Decision.Outcome;
import dev.tollgate.core.limit.FailureMode;
import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.core.limit.InMemoryGateStore;
import dev.tollgate.core.limit.WindowPolicy;
import dev.tollgate.fixture.Ports;
import dev.tollgate.fixture.redis.RealRedis;
import dev.tollgate.gate.lease.NoLeases;
import dev.tollgate.redis.batch.BatchLimits;
import dev.tollgate.redis.batch.LatencyRecorder;
import dev.tollgate.redis.batch.QueueLimits;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;

/** The gate over a real Redis that is stopped, killed and emptied. */
class GateTest {

    private final List<String> recalled = new ArrayList<>();
    private final List<Caller> kept = new ArrayList<>();
    private AccountStateSource.AccountState remembered = AccountStateSource.AccountState.NONE;
    private RealRedis redis;
    private RedissonClient client;
    private RedisGateStore store;
    private Gate gate;

    @BeforeEach
    void start() {
        redis = RealRedis.start();
        client = RedisConnection.open(Settings.of(Map.of("tollgate.redis.url", redis.url())));
        client.getKeys().count(); // connects, which takes longer than a request may wait
        ScriptBatcher batcher = new ScriptBatcher(
                client,
                BatchLimits.of(4, 64),
                new QueueLimits(1_000, Duration.ofMillis(50), Duration.ofMillis(200)),
                () -> true,
                new LatencyRecorder());
        store = new RedisGateStore(batcher, new RedisKeys(""), System::currentTimeMillis);
        gate = new Gate(
                store,
                new InMemoryGateStore(System::currentTimeMillis, 100),
                NoLeases.of(store),
                this::recall,
                new BanCache(100, System::currentTimeMillis),
                new BanSink() {
                    @Override
                    public void keep(Caller caller, Ban ban) {
                        kept.add(caller);
                    }

                    @Override
                    public void supersede(Caller caller) {
                        kept.remove(caller);
                    }
                },
                new CircuitBreaker(3, 0, 100, 400),
                Duration.ofMillis(500),
                Duration.ofSeconds(2),
                FailureMode.OPEN);
    }

    @AfterEach
    void stop() {
        client.shutdown();
        redis.close();
    }

    private CompletionStage<AccountStateSource.AccountState> recall(Caller caller, BillingMonth month) {
        recalled.add(caller.id());
        return CompletableFuture.completedFuture(remembered);
    }

    private static GateRequest request(Caller caller) {
        return GateRequest.charge(
                caller,
                List.of(WindowPolicy.minute(3)),
                OptionalLong.of(100),
                1,
                new BanLadder(List.of(new BanLadder.Step(2, BanLevel.PERMANENT)), Duration.ofDays(1)));
    }

    private GateResult decide(String account, FailureMode mode) {
        return gate.decide(request(Caller.account(account)), mode);
    }

    @Test
    void historyIsAskedForOncePerAccountAndMonth() {
        decide("a", FailureMode.OPEN);
        decide("a", FailureMode.OPEN);
        decide("b", FailureMode.OPEN);
        assertThat(recalled).containsExactly("a", "b");
    }

    @Test
    void afterAFlushTheMonthGoesOnWhereTheDatabaseLastSawIt() {
        decide("a", FailureMode.OPEN);
        remembered = new AccountStateSource.AccountState(42, Optional.empty());
        client.getKeys().flushall();
        GateResult answer = decide("a", FailureMode.OPEN);
        assertThat(answer.decision().orElseThrow().policies().get(1).remaining())
                .isEqualTo(57);
    }

    @Test
    void aBannedCallersFloodNeverReachesRedis() throws Exception {
        for (int i = 0; i < 5; i++) {
            decide("flood", FailureMode.OPEN);
        }
        assertThat(kept).containsExactly(Caller.account("flood"));
        redis.freeze();
        try {
            for (int i = 0; i < 1_000; i++) {
                GateResult answer = decide("flood", FailureMode.OPEN);
                assertThat(answer.source()).isEqualTo(GateResult.Source.MEMORY);
                assertThat(answer.decision().orElseThrow().outcome()).isEqualTo(Outcome.BANNED);
            }
        } finally {
            redis.thaw();
        }
    }

    @Test
    void openLetsPassAndClosedRefusesAndLocalLimitsWhileRedisIsStopped() {
        decide("a", FailureMode.OPEN);
        redis.freeze();
        try {
            assertThat(decide("a", FailureMode.OPEN).passes()).isTrue();
            assertThat(decide("a", FailureMode.CLOSED).passes()).isFalse();
            List<Boolean> local = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                local.add(decide("a", FailureMode.LOCAL).passes());
            }
            assertThat(local).containsExactly(true, true, true, false, false);
            assertThat(gate.breakerState()).isNotEqualTo(CircuitBreaker.State.CLOSED);
        } finally {
            redis.thaw();
        }
    }

    @Test
    void aKilledRedisIsUsedAgainWhenItIsBackWithoutARestartOfOurs() {
        decide("a", FailureMode.OPEN);
        redis.kill();
        for (int i = 0; i < 10; i++) {
            assertThat(decide("a", FailureMode.OPEN).source()).isEqualTo(GateResult.Source.OPEN);
        }
        redis.restart();
        Ports.await(
                "Redis deciding again",
                Duration.ofSeconds(20),
                () -> decide("b", FailureMode.OPEN).source() == GateResult.Source.STORE);
        assertThat(gate.breakerState()).isEqualTo(CircuitBreaker.State.CLOSED);
    }

    private void write(String name, String text) {
        client.getBucket(name, StringCodec.INSTANCE).set(text);
    }

    @Test
    void whatCannotBeReadOfOneCallerOpensNoBreaker() {
        for (String name : List.of("ban", "perm_ban", "violations", "requests")) {
            for (int i = 0; i < 8; i++) {
                String account = name + i;
                write(name + ":{" + account + "}", "garbage");
                assertThat(decide(account, FailureMode.OPEN).source()).isEqualTo(GateResult.Source.STORE);
            }
        }
        assertThat(gate.breakerState()).isEqualTo(CircuitBreaker.State.CLOSED);
    }

    @Test
    void aPermanentBanSomebodyWroteRefusesAndIsNotKept() {
        decide("a", FailureMode.OPEN);
        write("perm_ban:{a}", "PERMANENT 1 0 forged");
        assertThat(decide("a", FailureMode.OPEN).decision().orElseThrow().outcome())
                .isEqualTo(Outcome.BANNED);
        // One that the gate applies is, later.
        for (int i = 0; i < 5; i++) {
            decide("flood", FailureMode.OPEN);
        }
        assertThat(kept).containsExactly(Caller.account("flood"));
    }
}
