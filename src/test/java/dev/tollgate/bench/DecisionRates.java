package dev.tollgate.bench;

import dev.tollgate.config.Settings;
import dev.tollgate.fixture.RealRedis;
import dev.tollgate.limit.BanLadder;
import dev.tollgate.limit.BillingMonth;
import dev.tollgate.limit.Caller;
import dev.tollgate.limit.CallerHistory.Recollection;
import dev.tollgate.limit.GateRequest;
import dev.tollgate.limit.WindowPolicy;
import dev.tollgate.redis.Flights;
import dev.tollgate.redis.RedisConnection;
import dev.tollgate.redis.RedisGate;
import dev.tollgate.redis.RedisKeys;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntConsumer;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;

/**
 * Decisions per second at 1, 16 and 64 threads: shared flights, one batch per request, and a bare {@code GET}, interleaved
 * over several rounds on one Redis. Prints medians. Everything a request of a pro account costs is in each decision: both
 * bans, violations, month, a window of a million a minute (kept in cells).
 */
final class DecisionRates {

    private static final int ROUNDS = 5;
    private static final long MILLIS = 2_000;
    private static final int CALLERS = 1_000;

    private DecisionRates() {}

    public static void main(String[] arguments) throws Exception {
        try (RealRedis redis = RealRedis.start()) {
            RedissonClient client = RedisConnection.open(Settings.of(Map.of("tollgate.redis.url", redis.url())));
            try {
                client.getKeys().count();
                measure(client);
            } finally {
                client.shutdown();
            }
        }
    }

    private static void measure(RedissonClient client) throws Exception {
        RedisKeys keys = new RedisKeys("");
        Flights shared = new Flights(client, 4, 128, 100_000, Duration.ofSeconds(5));
        RedisGate gate = new RedisGate(shared, keys, System::currentTimeMillis);
        RedisGate alone = new RedisGate(
                new Flights(client, 64, 1, 100_000, Duration.ofSeconds(5)), keys, System::currentTimeMillis);
        List<GateRequest> requests = requests(gate);
        client.getBucket("bare", StringCodec.INSTANCE).set("1");
        Map<String, IntConsumer> contenders = new LinkedHashMap<>();
        contenders.put(
                "decision, shared flights",
                i -> gate.decide(requests.get(i)).toCompletableFuture().join());
        contenders.put(
                "decision, a batch each",
                i -> alone.decide(requests.get(i)).toCompletableFuture().join());
        contenders.put(
                "bare GET", i -> client.getBucket("bare", StringCodec.INSTANCE).get());
        for (int threads : new int[] {1, 16, 64}) {
            Map<String, List<Double>> rates = new LinkedHashMap<>();
            for (int round = 0; round < ROUNDS; round++) {
                for (var contender : contenders.entrySet()) {
                    double rate = rate(threads, contender.getValue());
                    rates.computeIfAbsent(contender.getKey(), name -> new ArrayList<>())
                            .add(rate);
                }
            }
            rates.forEach((name, all) -> {
                double[] sorted =
                        all.stream().mapToDouble(Double::doubleValue).sorted().toArray();
                System.out.printf(
                        "%2d threads  %-26s median %,8.0f/s  (%s)%n",
                        threads,
                        name,
                        sorted[sorted.length / 2],
                        Arrays.toString(
                                Arrays.stream(sorted).mapToLong(Math::round).toArray()));
            });
        }
        System.out.printf("%,d decisions in %,d flights%n", shared.carried(), shared.flown());
    }

    private static List<GateRequest> requests(RedisGate gate) {
        List<GateRequest> requests = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            Caller caller = Caller.account("bench-" + i);
            gate.restore(caller, BillingMonth.at(System.currentTimeMillis()), Recollection.NONE)
                    .toCompletableFuture()
                    .join();
            requests.add(new GateRequest(
                    caller,
                    List.of(WindowPolicy.minute(1_000_000)),
                    OptionalLong.of(1_000_000_000),
                    1,
                    BanLadder.STANDARD,
                    true,
                    true));
        }
        return requests;
    }

    private static double rate(int threads, IntConsumer work) throws InterruptedException {
        LongAdder done = new LongAdder();
        AtomicBoolean over = new AtomicBoolean();
        List<Thread> all = new ArrayList<>();
        long start = System.nanoTime();
        for (int t = 0; t < threads; t++) {
            Thread thread = new Thread(() -> {
                while (!over.get()) {
                    work.accept(ThreadLocalRandom.current().nextInt(CALLERS));
                    done.increment();
                }
            });
            all.add(thread);
            thread.start();
        }
        Thread.sleep(MILLIS);
        over.set(true);
        for (Thread thread : all) {
            thread.join();
        }
        return done.sum() * 1e9 / (System.nanoTime() - start);
    }
}
