package dev.tollgate.redis.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.config.Settings;
import dev.tollgate.fixture.Ports;
import dev.tollgate.fixture.redis.RealRedis;
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

/** Tests batching, retries, limits and failures of single calls with a real Redis. */
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
        client.getKeys().count(); // connects, which takes longer than the timeout of these calls
    }

    @AfterAll
    static void stop() {
        client.shutdown();
        redis.close();
    }

    private static ScriptBatcher batcher(int maxQueued) {
        return new ScriptBatcher(client, 4, 64, maxQueued, Duration.ofSeconds(2));
    }

    @Test
    void manyCallsShareFewBatchesAndEachGetsItsOwnReply() throws Exception {
        ScriptBatcher batcher = batcher(10_000);
        List<CompletableFuture<String>> replies = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            replies.add(batcher.call(INCREMENT, List.of("own:" + i), Integer.toString(i)));
        }
        for (int i = 0; i < 2_000; i++) {
            assertThat(replies.get(i).get(5, TimeUnit.SECONDS)).isEqualTo(Integer.toString(i));
        }
        assertThat(batcher.calls()).isGreaterThanOrEqualTo(2_000);
        assertThat(batcher.batches()).isLessThan(1_000);
    }

    @Test
    void aFlushedScriptCacheIsFilledAgainAndNoCallRunsTwice() throws Exception {
        ScriptBatcher batcher = batcher(10_000);
        batcher.call(INCREMENT, List.of("flushed"), "1").get(5, TimeUnit.SECONDS);
        client.getScript(StringCodec.INSTANCE).scriptFlush();
        List<CompletableFuture<String>> replies = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            replies.add(batcher.call(INCREMENT, List.of("flushed"), "1"));
        }
        for (CompletableFuture<String> reply : replies) {
            reply.get(5, TimeUnit.SECONDS);
        }
        assertThat(batcher.call(INCREMENT, List.of("flushed"), "0").get(5, TimeUnit.SECONDS))
                .isEqualTo("101");
    }

    @Test
    void aFailingCallDoesNotFailTheOthersOfItsBatch() throws Exception {
        ScriptBatcher batcher = batcher(10_000);
        List<CompletableFuture<String>> good = new ArrayList<>();
        List<CompletableFuture<String>> bad = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            good.add(batcher.call(INCREMENT, List.of("good:" + i), "1"));
            bad.add(batcher.call(BROKEN, List.of("bad")));
        }
        for (CompletableFuture<String> reply : good) {
            assertThat(reply.get(5, TimeUnit.SECONDS)).isEqualTo("1");
        }
        for (CompletableFuture<String> reply : bad) {
            assertThatThrownBy(() -> reply.get(5, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasMessageContaining("WRONG on purpose");
        }
    }

    @Test
    void listsKeepTheirShape() throws Exception {
        assertThat(batcher(10).callForList(NESTED, List.of("k")).get(5, TimeUnit.SECONDS))
                .isEqualTo(List.of("a", 7L, List.of("b", "k")));
    }

    @Test
    void aCallGivenUpInTheQueueNeverRuns() throws Exception {
        ScriptBatcher batcher = batcher(10_000);
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
    void aBurstOfQueuedCallsOpensFurtherSlots() throws Exception {
        Duration timeout = Duration.ofSeconds(20);
        ScriptBatcher batcher = new ScriptBatcher(
                client,
                new BatchLimits(1, 3, 5, 64),
                new QueueLimits(10_000, timeout, timeout),
                () -> true,
                new LatencyRecorder());
        List<CompletableFuture<String>> calls = new ArrayList<>();
        // Redis knows the script from here on.
        batcher.call(INCREMENT, List.of("burst"), "0").get(5, TimeUnit.SECONDS);
        Ports.await("the reply", Duration.ofSeconds(5), () -> batcher.inFlight() == 0);
        long before = batcher.batches();
        redis.freeze();
        try {
            call(batcher, 1, calls);
            assertThat(batcher.inFlight()).isEqualTo(1);
            call(batcher, 4, calls);
            assertThat(batcher.inFlight())
                    .as("four queued are below the threshold")
                    .isEqualTo(1);
            call(batcher, 1, calls);
            assertThat(batcher.inFlight()).as("five queued reach it").isEqualTo(2);
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
        // Redis may reply to all three at once, and each free slot then takes a part of the queue: four batches in all
        // if the replies come one after the other, six if at the same moment.
        assertThat(batcher.batches() - before).isBetween(4L, 10L);
        assertThat(batcher.call(INCREMENT, List.of("burst"), "0").get(5, TimeUnit.SECONDS))
                .isEqualTo("61");
    }

    private static void call(ScriptBatcher batcher, int times, List<CompletableFuture<String>> calls) {
        for (int i = 0; i < times; i++) {
            calls.add(batcher.call(INCREMENT, List.of("burst"), "1"));
        }
    }

    @Test
    void aFullQueueFailsCallsAtOnceAndRecovers() throws Exception {
        ScriptBatcher batcher = batcher(10);
        redis.freeze();
        List<CompletableFuture<String>> calls = new ArrayList<>();
        try {
            for (int i = 0; i < 50; i++) {
                calls.add(batcher.call(INCREMENT, List.of("full"), "1"));
            }
            assertThat(calls.stream().filter(CompletableFuture::isCompletedExceptionally))
                    .hasSizeGreaterThanOrEqualTo(30);
            assertThatThrownBy(() -> calls.get(49).get()).hasCauseInstanceOf(ScriptBatcher.QueueFullException.class);
            // The reply timeout frees the slots.
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
