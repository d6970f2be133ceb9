package dev.tollgate.redis.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.config.Settings;
import dev.tollgate.fixture.Ports;
import dev.tollgate.fixture.RealRedis;
import dev.tollgate.redis.connection.RedisConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;

class ScriptBatcherTest {

    private static final Script INCREMENT = RedisScripts.of("return tostring(redis.call('INCRBY', KEYS[1], ARGV[1]))");
    private static final Script BROKEN = RedisScripts.of("return redis.error_reply('WRONG on purpose')");
    private static final Script NESTED = RedisScripts.of("return {'a', 7, {'b', KEYS[1]}}");

    private static RealRedis redis;
    private static RedissonClient client;

    @BeforeAll
    static void start() {
        redis = RealRedis.start();
        client = RedisConnection.open(Settings.of(Map.of("tollgate.redis.url", redis.url())));
        client.getKeys().count(); // connects, which takes longer than these flights may
    }

    @AfterAll
    static void stop() {
        client.shutdown();
        redis.close();
    }

    private static ScriptBatcher flights(int line) {
        return new ScriptBatcher(client, 4, 64, line, Duration.ofSeconds(2));
    }

    @Test
    void manyCallsShareFewFlightsAndEachGetsItsOwnAnswer() throws Exception {
        ScriptBatcher batcher = flights(10_000);
        List<CompletableFuture<String>> answers = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            answers.add(batcher.call(INCREMENT, List.of("own:" + i), Integer.toString(i)));
        }
        for (int i = 0; i < 2_000; i++) {
            assertThat(answers.get(i).get(5, TimeUnit.SECONDS)).isEqualTo(Integer.toString(i));
        }
        assertThat(batcher.calls()).isGreaterThanOrEqualTo(2_000);
        assertThat(batcher.batches()).isLessThan(1_000);
    }

    @Test
    void aFlushedScriptCacheIsFilledAgainAndNothingRunsTwice() throws Exception {
        ScriptBatcher batcher = flights(10_000);
        batcher.call(INCREMENT, List.of("flushed"), "1").get(5, TimeUnit.SECONDS);
        client.getScript(StringCodec.INSTANCE).scriptFlush();
        List<CompletableFuture<String>> answers = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            answers.add(batcher.call(INCREMENT, List.of("flushed"), "1"));
        }
        for (CompletableFuture<String> answer : answers) {
            answer.get(5, TimeUnit.SECONDS);
        }
        assertThat(batcher.call(INCREMENT, List.of("flushed"), "0").get(5, TimeUnit.SECONDS))
                .isEqualTo("101");
    }

    @Test
    void oneFailingCallLeavesItsFellowPassengersAlone() throws Exception {
        ScriptBatcher batcher = flights(10_000);
        List<CompletableFuture<String>> good = new ArrayList<>();
        List<CompletableFuture<String>> bad = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            good.add(batcher.call(INCREMENT, List.of("good:" + i), "1"));
            bad.add(batcher.call(BROKEN, List.of("bad")));
        }
        for (CompletableFuture<String> answer : good) {
            assertThat(answer.get(5, TimeUnit.SECONDS)).isEqualTo("1");
        }
        for (CompletableFuture<String> answer : bad) {
            assertThatThrownBy(() -> answer.get(5, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasMessageContaining("WRONG on purpose");
        }
    }

    @Test
    void listsKeepTheirShape() throws Exception {
        assertThat(flights(10).callForList(NESTED, List.of("k")).get(5, TimeUnit.SECONDS))
                .isEqualTo(List.of("a", 7L, List.of("b", "k")));
    }

    @Test
    void aCallGivenUpWhileInLineNeverRuns() throws Exception {
        ScriptBatcher batcher = flights(10_000);
        batcher.call(INCREMENT, List.of("given-up"), "0").get(5, TimeUnit.SECONDS);
        redis.freeze();
        try {
            for (int i = 0; i < 4; i++) {
                batcher.call(INCREMENT, List.of("stuck"), "1");
            }
            CompletableFuture<String> givenUp = batcher.call(INCREMENT, List.of("given-up"), "1");
            givenUp.cancel(false);
        } finally {
            redis.thaw();
        }
        Ports.await(
                "Redis answering again",
                Duration.ofSeconds(10),
                () -> batcher.call(INCREMENT, List.of("alive"), "1")
                        .handle((reply, failure) -> failure == null)
                        .join());
        assertThat(batcher.call(INCREMENT, List.of("given-up"), "0").get(5, TimeUnit.SECONDS))
                .isEqualTo("0");
    }

    @Test
    void aCrowdTakesSlotsThatAreNotForFew() throws Exception {
        Duration timeout = Duration.ofSeconds(20);
        ScriptBatcher batcher = new ScriptBatcher(
                client,
                new ScriptBatcher.BatchLimits(1, 3, 5, 64),
                10_000,
                timeout,
                timeout,
                () -> true,
                new LatencyRecorder());
        List<CompletableFuture<String>> calls = new ArrayList<>();
        // Redis has the script from here on.
        batcher.call(INCREMENT, List.of("crowd"), "0").get(5, TimeUnit.SECONDS);
        Ports.await("landed", Duration.ofSeconds(5), () -> batcher.inFlight() == 0);
        long flown = batcher.batches();
        redis.freeze();
        try {
            call(batcher, 1, calls);
            assertThat(batcher.inFlight()).isEqualTo(1);
            call(batcher, 4, calls);
            assertThat(batcher.inFlight()).as("four are no crowd").isEqualTo(1);
            call(batcher, 1, calls);
            assertThat(batcher.inFlight()).as("five are").isEqualTo(2);
            assertThat(batcher.queued()).isZero();
            call(batcher, 5, calls);
            call(batcher, 50, calls);
            assertThat(batcher.inFlight()).as("three at most").isEqualTo(3);
            assertThat(batcher.queued()).isEqualTo(50);
        } finally {
            redis.thaw();
        }
        for (CompletableFuture<String> call : calls) {
            call.get(20, TimeUnit.SECONDS);
        }
        // Thawed, Redis may answer all three at once, and each of those that land takes a part of the line with it:
        // four in all
        // where they land one after the other, six where at the same moment. What matters is that the crowd shared
        // them.
        assertThat(batcher.batches() - flown).isBetween(4L, 10L);
        assertThat(batcher.call(INCREMENT, List.of("crowd"), "0").get(5, TimeUnit.SECONDS))
                .isEqualTo("61");
    }

    private static void call(ScriptBatcher batcher, int times, List<CompletableFuture<String>> calls) {
        for (int i = 0; i < times; i++) {
            calls.add(batcher.call(INCREMENT, List.of("crowd"), "1"));
        }
    }

    @Test
    void aFullLineTurnsCallsAwayAtOnceAndRecovers() throws Exception {
        ScriptBatcher batcher = flights(10);
        redis.freeze();
        List<CompletableFuture<String>> calls = new ArrayList<>();
        try {
            for (int i = 0; i < 50; i++) {
                calls.add(batcher.call(INCREMENT, List.of("full"), "1"));
            }
            assertThat(calls.stream().filter(CompletableFuture::isCompletedExceptionally))
                    .hasSizeGreaterThanOrEqualTo(30);
            assertThatThrownBy(() -> calls.get(49).get()).hasCauseInstanceOf(ScriptBatcher.QueueFullException.class);
            // Stuck flights give their slots back by themselves.
            Ports.await(
                    "every call ended",
                    Duration.ofSeconds(10),
                    () -> calls.stream().allMatch(CompletableFuture::isDone));
        } finally {
            redis.thaw();
        }
        Ports.await(
                "Redis answering again",
                Duration.ofSeconds(10),
                () -> batcher.call(INCREMENT, List.of("alive"), "1")
                        .handle((reply, failure) -> failure == null)
                        .join());
    }
}
