package dev.tollgate.redis.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.config.Settings;
import dev.tollgate.core.limit.AccountStateSource;
import dev.tollgate.core.limit.Ban;
import dev.tollgate.core.limit.BanLadder;
import dev.tollgate.core.limit.BanSink;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.FailureMode;
import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.core.limit.InMemoryGateStore;
import dev.tollgate.core.limit.WindowPolicy;
import dev.tollgate.fixture.Ports;
import dev.tollgate.fixture.redis.RealRedis;
import dev.tollgate.fixture.redis.RedisWire;
import dev.tollgate.gate.BanCache;
import dev.tollgate.gate.CircuitBreaker;
import dev.tollgate.gate.Gate;
import dev.tollgate.gate.GateResult;
import dev.tollgate.gate.lease.NoLeases;
import dev.tollgate.redis.connection.ConnectionTracker;
import dev.tollgate.redis.connection.PendingReplyHandler;
import dev.tollgate.redis.connection.RedisConnection;
import dev.tollgate.redis.connection.RedisKeys;
import dev.tollgate.redis.decision.RedisGateStore;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.redisson.Redisson;
import org.redisson.api.RedissonClient;
import org.redisson.client.NettyHook;
import org.redisson.config.Config;

/** Tests that the budget measures the time of Redis, not that of this process. */
class BudgetTest {

    private static final Duration BUDGET = Duration.ofMillis(50);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final ConcurrentLinkedQueue<Channel> channels = new ConcurrentLinkedQueue<>();
    private final ConnectionTracker connections = new ConnectionTracker();
    private RealRedis redis;
    private RedissonClient client;
    private ScriptBatcher batcher;
    private RedisGateStore store;

    @BeforeEach
    void start() {
        redis = RealRedis.start();
        Config config = RedisConnection.config(Settings.of(Map.of("tollgate.redis.url", redis.url())));
        config.setNettyHook(new NettyHook() {
            @Override
            public void afterBoostrapInitialization(Bootstrap bootstrap) {
                connections.afterBoostrapInitialization(bootstrap);
            }

            @Override
            public void afterChannelInitialization(Channel channel) {
                channels.add(channel);
                connections.afterChannelInitialization(channel);
            }
        });
        client = Redisson.create(config);
        client.getKeys().count(); // connects
        batcher = new ScriptBatcher(client, 4, 64, 1_000, PATIENCE);
        store = new RedisGateStore(batcher, new RedisKeys(""), System::currentTimeMillis, connections);
        gate(PATIENCE).warmUp(Duration.ofSeconds(5));
    }

    @AfterEach
    void stop() {
        client.shutdown();
        redis.close();
    }

    private Gate gate(Duration budget) {
        return new Gate(
                store,
                new InMemoryGateStore(System::currentTimeMillis, 100),
                NoLeases.of(store),
                (caller, month) -> CompletableFuture.completedFuture(AccountStateSource.AccountState.NONE),
                new BanCache(100, System::currentTimeMillis),
                new BanSink() {
                    @Override
                    public void keep(Caller caller, Ban ban) {
                        throw new AssertionError("no caller is banned in this test");
                    }

                    @Override
                    public void supersede(Caller caller) {
                        throw new AssertionError("no caller is banned in this test");
                    }
                },
                new CircuitBreaker(1_000, 0, 100, 400),
                budget,
                Duration.ofSeconds(2),
                FailureMode.OPEN);
    }

    /** Creates a request of an address, whose state no database keeps. */
    private static GateRequest request(String address) {
        return GateRequest.charge(
                Caller.address(address), List.of(WindowPolicy.minute(3)), OptionalLong.empty(), 1, BanLadder.STANDARD);
    }

    private static GateResult.Source decide(Gate gate, String address) {
        return gate.decide(request(address), FailureMode.OPEN).source();
    }

    /** Blocks the threads of all connections until the latch opens. */
    private void stall(CountDownLatch until) throws InterruptedException {
        Set<EventLoop> loops = new HashSet<>();
        channels.forEach(channel -> loops.add(channel.eventLoop()));
        CountDownLatch stalled = new CountDownLatch(loops.size());
        loops.forEach(loop -> loop.execute(() -> {
            stalled.countDown();
            try {
                until.await(10, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
        assertThat(stalled.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void timeThisProcessTakesToSendAndReadDoesNotCountAndNoRequestPassesForIt() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        stall(over);
        Gate gate = gate(BUDGET);
        CompletableFuture<GateResult.Source> asked = CompletableFuture.supplyAsync(() -> decide(gate, "10.0.0.1"));
        // For three budgets nothing is sent. The wait itself is under test; it awaits no condition.
        try {
            asked.get(3 * BUDGET.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            // Expected: the request did not pass.
        }
        assertThat(asked).isNotDone();
        over.countDown();
        assertThat(asked.get(10, TimeUnit.SECONDS)).isEqualTo(GateResult.Source.STORE);
    }

    @Test
    void aReplyThatArrivedInTimeCountsHoweverLateItIsRead() throws Exception {
        // Redis replies at once, but the replies are read only after the budget.
        redis.freeze();
        CompletableFuture<?> sent = store.decide(request("10.0.0.2")).toCompletableFuture();
        Ports.await(
                "the call sent",
                Duration.ofSeconds(5),
                () -> channels.stream()
                        .anyMatch(channel -> channel.pipeline()
                                .get(PendingReplyHandler.class)
                                .isPending()));
        CountDownLatch over = new CountDownLatch(1);
        stall(over);
        redis.thaw();
        try (RedisWire wire = new RedisWire(redis.port())) {
            Ports.await(
                    "Redis done with it",
                    Duration.ofSeconds(5),
                    () -> wire.send("EXISTS", "requests:{ip:10.0.0.2}").equals(1L));
        }
        CompletableFuture<Boolean> silent =
                CompletableFuture.supplyAsync(() -> connections.isUnresponsive(BUDGET.toNanos(), () -> false));
        assertThat(silent.get(10, TimeUnit.SECONDS)).isFalse();
        over.countDown();
        sent.get(10, TimeUnit.SECONDS);
        assertThat(connections.isUnresponsive(BUDGET.toNanos(), () -> true)).isFalse();
    }

    @Test
    void anUnresponsiveRedisGetsTheBudgetAndThenTheFailureModeAnswers() throws Exception {
        Gate gate = gate(BUDGET);
        redis.freeze();
        try {
            for (int i = 0; i < 6; i++) {
                // More calls than slots, so that queued ones are answered as well.
                assertThat(CompletableFuture.supplyAsync(() -> decide(gate, "10.0.0.3"))
                                .get(PATIENCE.toSeconds() / 2, TimeUnit.SECONDS))
                        .isEqualTo(GateResult.Source.OPEN);
            }
        } finally {
            redis.thaw();
        }
    }

    @Test
    void aCallerThatGaveUpInTheQueueIsNotChargedLater() throws Exception {
        Gate gate = gate(BUDGET);
        redis.freeze();
        try {
            for (int i = 0; i < 4; i++) {
                assertThat(decide(gate, "10.0.0.4")).isEqualTo(GateResult.Source.OPEN);
            }
            assertThat(decide(gate, "10.0.0.5")).isEqualTo(GateResult.Source.OPEN);
        } finally {
            redis.thaw();
        }
        Ports.await(
                "Redis deciding again",
                Duration.ofSeconds(20),
                () -> decide(gate(PATIENCE), "10.0.0.6") == GateResult.Source.STORE);
        try (RedisWire wire = new RedisWire(redis.port())) {
            assertThat(wire.send("EXISTS", "requests:{ip:10.0.0.5}")).isEqualTo(0L);
        }
    }

    @Test
    void withoutAConnectionTheFailureModeAnswers() {
        Gate gate = gate(BUDGET);
        redis.kill();
        for (int i = 0; i < 20; i++) {
            assertThat(decide(gate, "10.0.0.7")).isEqualTo(GateResult.Source.OPEN);
        }
        redis.restart();
        Ports.await(
                "Redis deciding again",
                Duration.ofSeconds(20),
                () -> decide(gate, "10.0.0.8") == GateResult.Source.STORE);
    }
}
