package dev.tollgate.gate.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.config.Settings;
import dev.tollgate.core.async.SafeTask;
import dev.tollgate.core.limit.AccountStateSource;
import dev.tollgate.core.limit.BanLadder;
import dev.tollgate.core.limit.BillingMonth;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.core.limit.LimitStatus;
import dev.tollgate.core.limit.WindowPolicy;
import dev.tollgate.fixture.ConcurrentWorkers;
import dev.tollgate.fixture.Ports;
import dev.tollgate.fixture.redis.RealRedis;
import dev.tollgate.redis.batch.ScriptBatcher;
import dev.tollgate.redis.connection.RedisConnection;
import dev.tollgate.redis.connection.RedisKeys;
import dev.tollgate.redis.decision.RedisGateStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.redisson.api.RedissonClient;

/** Leases of two nodes over a real Redis that stands still at times, with real clocks and threads. */
class LeasesOverRedisTest {

    private static final Caller CALLER = Caller.account("hot");
    private static final int LIMIT = 3_000;
    private static final long WINDOW_MILLIS = 10_000;
    private static final long QUOTA = 1_000_000;

    private RealRedis redis;
    private RedissonClient client;
    private RedisGateStore store;
    private ScheduledExecutorService tasks;
    private final List<Leases> nodes = new ArrayList<>();

    @BeforeEach
    void start() {
        redis = RealRedis.start();
        client = RedisConnection.open(Settings.of(Map.of("tollgate.redis.url", redis.url())));
        client.getKeys().count(); // connects
        store = new RedisGateStore(
                new ScriptBatcher(client, 4, 64, 10_000, Duration.ofSeconds(10)),
                new RedisKeys("t:"),
                System::currentTimeMillis);
        store.restore(CALLER, BillingMonth.at(System.currentTimeMillis()), AccountStateSource.AccountState.NONE)
                .toCompletableFuture()
                .join();
        tasks = Executors.newScheduledThreadPool(2);
        nodes.add(node("a"));
        nodes.add(node("b"));
    }

    private Leases node(String name) {
        Leases leases = new Leases(
                store,
                new SystemClock(),
                (task, millis) -> tasks.schedule(SafeTask.of(task), millis, TimeUnit.MILLISECONDS),
                Duration.ofMillis(300),
                100,
                name);
        tasks.scheduleWithFixedDelay(SafeTask.of(leases::sweep), 200, 200, TimeUnit.MILLISECONDS);
        return leases;
    }

    @AfterEach
    void stop() {
        nodes.forEach(Leases::close);
        tasks.shutdownNow();
        client.shutdown();
        redis.close();
    }

    private static GateRequest request() {
        return GateRequest.charge(
                CALLER,
                List.of(new WindowPolicy("ten", "", LIMIT, WINDOW_MILLIS)),
                OptionalLong.of(QUOTA),
                1,
                BanLadder.NONE);
    }

    /** Asks a node once. Returns whether the request was admitted, by a lease or by the store. */
    private boolean ask(Leases node, AtomicInteger leased) {
        if (node.trySpend(request()) != null) {
            leased.incrementAndGet();
            return true;
        }
        try {
            return store.decide(request()).toCompletableFuture().join().isAdmitted();
        } catch (CompletionException e) {
            return false; // Redis stands still
        }
    }

    @Test
    void twoNodesAdmitNoMoreThanTheLimitInAnyWindowWhileRedisStandsStillAtTimes() throws Exception {
        Queue<Long> admissions = new ConcurrentLinkedQueue<>();
        AtomicInteger leased = new AtomicInteger();
        AtomicBoolean over = new AtomicBoolean();
        List<Callable<Void>> work = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Leases node = nodes.get(i % 2);
            work.add(() -> {
                while (!over.get()) {
                    // The instant before asking is the earliest at which it can be admitted: a window that holds more
                    // of
                    // these than the limit does not prove a fault, so the instant after it is taken.
                    if (ask(node, leased)) {
                        admissions.add(System.nanoTime());
                    }
                    TimeUnit.MILLISECONDS.sleep(4);
                }
                return null;
            });
        }
        work.add(() -> {
            for (int i = 0; i < 3; i++) {
                TimeUnit.SECONDS.sleep(3);
                redis.freeze();
                TimeUnit.MILLISECONDS.sleep(700);
                redis.thaw();
            }
            while (!over.get()) {
                TimeUnit.MILLISECONDS.sleep(100);
            }
            return null;
        });
        ConcurrentWorkers.work(work, 14, () -> over.set(true), 10);
        List<Long> instants = admissions.stream().sorted().toList();
        int first = 0;
        int most = 0;
        for (int last = 0; last < instants.size(); last++) {
            // Threads may be stopped between their admission and the look at the clock, by a few milliseconds here.
            while (instants.get(first) <= instants.get(last) - (WINDOW_MILLIS - 50) * 1_000_000) {
                first++;
            }
            most = Math.max(most, last - first + 1);
        }
        assertThat(most).isBetween(LIMIT / 2, LIMIT);
        assertThat(leased.get()).as("admitted from leases").isGreaterThan(LIMIT / 4);
    }

    @Test
    void whatANodeDoesNotSpendIsBackAfterTheLeaseEnded() throws Exception {
        AtomicInteger leased = new AtomicInteger();
        int admitted = 0;
        for (int i = 0; i < 400; i++) {
            admitted += ask(nodes.get(i % 2), leased) ? 1 : 0;
            TimeUnit.MILLISECONDS.sleep(1);
        }
        assertThat(leased.get()).isPositive();
        int used = admitted;
        Ports.await(
                "what was not spent is back",
                Duration.ofSeconds(5),
                () -> remaining().equals(List.of((long) LIMIT - used, QUOTA - used)));
    }

    private List<Long> remaining() {
        return store.decide(request().asPeek()).toCompletableFuture().join().policies().stream()
                .map(LimitStatus::remaining)
                .toList();
    }

    @Test
    void whatANodeHoldsIsBackOnceItIsClosed() {
        AtomicInteger leased = new AtomicInteger();
        int admitted = 0;
        while (leased.get() < 20) {
            admitted += ask(nodes.get(0), leased) ? 1 : 0;
        }
        nodes.forEach(Leases::close);
        assertThat(remaining()).containsExactly((long) LIMIT - admitted, QUOTA - admitted);
    }
}
