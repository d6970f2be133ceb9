package dev.tollgate.assembly;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.config.Settings;
import dev.tollgate.core.account.AccountDirectory;
import dev.tollgate.core.account.DatabaseUnavailableException;
import dev.tollgate.core.account.ResolvedKey;
import dev.tollgate.core.account.RouteModeStore;
import dev.tollgate.core.limit.Ban;
import dev.tollgate.core.limit.BanLadder;
import dev.tollgate.core.limit.BanSink;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.FailureMode;
import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.core.limit.Tier;
import dev.tollgate.core.limit.WindowPolicy;
import dev.tollgate.core.refusal.RefusalBuffer;
import dev.tollgate.core.usage.UsageEvent;
import dev.tollgate.fixture.redis.RealRedis;
import dev.tollgate.gate.GateResult;
import dev.tollgate.redis.seal.Sealing;
import dev.tollgate.redis.sync.InvalidationBus.SnapshotPublisher;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GateAssemblyTest {

    private final ScheduledExecutorService executor = Executors.newScheduledThreadPool(2);
    private RedisAssembly redis;
    private GateAssembly assembly;

    private void open(String url) {
        Settings settings = Settings.of(Map.of("tollgate.redis.url", url, "tollgate.redis.budget", "1s"));
        redis = new RedisAssembly(settings, Sealing.ofThisProcess(), executor, config -> {});
        NoDatabase database = new NoDatabase();
        Ports ports = new Ports(
                database,
                database,
                (caller, month) -> CompletableFuture.failedFuture(new IllegalStateException("no database")),
                max -> List.of(),
                database,
                event -> {},
                new RefusalBuffer(10),
                SnapshotPublisher.NONE);
        assembly = new GateAssembly(settings, redis, ports, executor, Thread::new);
    }

    @AfterEach
    void close() {
        assembly.close();
        redis.close(Duration.ofSeconds(2));
        executor.shutdownNow();
    }

    @Test
    void gateDecidesAfterTheWarmUp() {
        try (RealRedis server = RealRedis.start()) {
            open(server.url());
            redis.awaitConnection();
            assembly.warmUp();
            assembly.changes().subscribe();
            GateRequest request = GateRequest.peek(
                    Caller.address("192.0.2.1"),
                    List.of(WindowPolicy.minute(1)),
                    OptionalLong.empty(),
                    BanLadder.STANDARD);
            assertThat(assembly.gate().decide(request, FailureMode.CLOSED).source())
                    .isEqualTo(GateResult.Source.STORE);
        }
    }

    @Test
    void closingSendsTheUsageInMemoryAndLeavesRedisOpen() {
        try (RealRedis server = RealRedis.start()) {
            open(server.url());
            redis.awaitConnection();
            String key = UUID.randomUUID().toString();
            assembly.usage().record(new UsageEvent(key, "s3", LocalDate.of(2026, 11, 1), true, 1, 1, "image/png", 1));
            assembly.close();
            assembly.close();
            assertThat(assembly.usage().flushed()).isEqualTo(1);
            assertThat(assembly.pending().ledgers(List.of(key))).containsOnlyKeys(key);
        }
    }

    @Test
    void isPutTogetherAndClosedWithoutRedis() {
        open("redis://127.0.0.1:" + dev.tollgate.fixture.Ports.free());
        assembly.warmUp();
        assertThat(redis.isConnected()).isFalse();
        assembly.close();
        assertThat(assembly.usage().waiting()).isZero();
    }

    /** A node whose database is away. */
    private static final class NoDatabase implements AccountDirectory, RouteModeStore, BanSink {

        private static DatabaseUnavailableException away() {
            return new DatabaseUnavailableException(new IllegalStateException("no database"));
        }

        @Override
        public Optional<ResolvedKey> findByHash(String hash) {
            throw away();
        }

        @Override
        public Optional<String> tierOf(String accountId) {
            throw away();
        }

        @Override
        public List<Tier> tiers() {
            throw away();
        }

        @Override
        public Map<String, Boolean> all() {
            throw away();
        }

        @Override
        public void put(String name, Optional<Boolean> shadow) {
            throw away();
        }

        @Override
        public void keep(Caller caller, Ban ban) {
            throw new AssertionError("no ban is permanent here");
        }

        @Override
        public void supersede(Caller caller) {
            throw new AssertionError("no ban is changed here");
        }
    }
}
