package dev.tollgate.core.usage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.fixture.Ports;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The recorder against pending usage that fails on command: which of two outcomes a lost reply had is a test's to choose. */
class UsageRecorderTest {

    private static final LocalDate DAY = LocalDate.of(2026, 11, 22);

    /** Adds as Redis does, and may lose the call or its answer. */
    private static final class Moody implements PendingUsage {
        private final Map<String, Long> sequences = new HashMap<>();
        private final Map<String, Long> requests = new HashMap<>();
        private final Map<LocalDate, Long> days = new HashMap<>();
        private volatile boolean losesCalls;
        private volatile boolean losesAnswers;
        private int calls;

        @Override
        public synchronized CompletionStage<Map<String, Throwable>> record(Collection<UsageDelta> recordings) {
            calls++;
            Map<String, Throwable> unconfirmed = new HashMap<>();
            for (UsageDelta delta : recordings) {
                String guard = delta.keyId() + " " + delta.source();
                if (!losesCalls && sequences.getOrDefault(guard, 0L) < delta.sequence()) {
                    sequences.put(guard, delta.sequence());
                    requests.merge(delta.keyId(), delta.requests(), Long::sum);
                    delta.usage().forEach((at, counts) -> days.merge(at.day(), counts.totalRequests(), Long::sum));
                }
                if (losesCalls || losesAnswers) {
                    unconfirmed.put(delta.keyId(), new IllegalStateException("lost on purpose"));
                }
            }
            return CompletableFuture.completedFuture(unconfirmed);
        }

        synchronized long sum() {
            return requests.values().stream().mapToLong(Long::longValue).sum();
        }

        synchronized int calls() {
            return calls;
        }

        @Override
        public CompletionStage<PendingSnapshot> read(String keyId) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<String> changedKeys(int skip, int most) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Claims claim(Collection<String> keyIds, long batchId) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int acknowledge(Collection<ClaimedUsage> applied) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void recount(String keyId) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void renew(Collection<String> keyIds) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Map<String, KeyLedger> ledgers(Collection<String> keyIds) {
            throw new UnsupportedOperationException();
        }
    }

    private final Moody redis = new Moody();
    private UsageRecorder recorder = recorder(10_000);

    @AfterEach
    void close() {
        recorder.close();
    }

    private UsageRecorder recorder(int most) {
        return new UsageRecorder(redis, "node", Duration.ofMillis(1), most, System::currentTimeMillis, Thread::new);
    }

    private void record(String key, LocalDate day) {
        recorder.record(new UsageEvent(key, "s3", day, true, 1, 1, "image/png", 1));
    }

    private void awaitFlushed() {
        Ports.await("all flushed", Duration.ofSeconds(20), () -> recorder.waiting() == 0);
    }

    @Test
    void manyThreadsEventsArriveMergedAndComplete() throws Exception {
        CountDownLatch done = new CountDownLatch(16);
        for (int t = 0; t < 16; t++) {
            new Thread(() -> {
                        for (int i = 0; i < 20_000; i++) {
                            record("key" + i % 50, DAY);
                        }
                        done.countDown();
                    })
                    .start();
        }
        done.await();
        awaitFlushed();
        assertThat(redis.sum()).isEqualTo(320_000);
        assertThat(recorder.flushed()).isEqualTo(320_000);
        assertThat(redis.calls()).isLessThan(20_000);
    }

    @Test
    void aLostAnswerIsAskedForAgainWithoutCountingTwice() {
        redis.losesAnswers = true;
        for (int i = 0; i < 1_000; i++) {
            record("key" + i % 10, DAY);
        }
        Ports.await("retries", Duration.ofSeconds(20), () -> redis.calls() > 5);
        assertThat(recorder.isFailing()).isTrue();
        for (int i = 0; i < 1_000; i++) {
            record("key" + i % 10, DAY);
        }
        redis.losesAnswers = false;
        awaitFlushed();
        assertThat(redis.sum()).isEqualTo(2_000);
        Ports.await("failing is over", Duration.ofSeconds(5), () -> !recorder.isFailing());
    }

    @Test
    void whileRedisIsAwayUsageStaysMergedAndArrivesOnItsReturn() {
        redis.losesCalls = true;
        for (int i = 0; i < 10_000; i++) {
            record("key" + i % 100, DAY.plusDays(i % 3));
        }
        Ports.await("retries", Duration.ofSeconds(20), () -> redis.calls() > 3);
        assertThat(recorder.waiting()).isEqualTo(10_000);
        redis.losesCalls = false;
        awaitFlushed();
        assertThat(redis.sum()).isEqualTo(10_000);
        assertThat(recorder.dropped()).isZero();
    }

    @Test
    void pastTheBoundTheOldestDayGoesFirstAndIsCounted() {
        recorder.close();
        recorder = recorder(1_000);
        redis.losesCalls = true;
        List<LocalDate> days = new ArrayList<>(List.of(DAY, DAY.minusDays(2), DAY.minusDays(1)));
        for (LocalDate day : days) {
            for (int i = 0; i < 600; i++) {
                record("key" + i, day);
                record("key" + i, day);
            }
            Ports.await("drained", Duration.ofSeconds(20), () -> redis.calls() > 2);
        }
        Ports.await("drops", Duration.ofSeconds(20), () -> recorder.dropped() >= 2 * 700);
        redis.losesCalls = false;
        awaitFlushed();
        assertThat(redis.sum() + recorder.dropped()).isEqualTo(3_600);
        assertThat(recorder.recorded()).isEqualTo(3_600);
        // Some may have been under way already when a younger day came.
        assertThat(redis.days.getOrDefault(DAY.minusDays(2), 0L)).isLessThan(redis.days.get(DAY));
        assertThat(redis.days.get(DAY)).isEqualTo(1_200);
    }

    @Test
    void closingBringsWhatIsThereToRedisAndCountsWhatComesLater() {
        for (int i = 0; i < 100; i++) {
            record("key", DAY);
        }
        recorder.close();
        assertThat(redis.sum()).isEqualTo(100);
        record("key", DAY);
        assertThat(recorder.dropped()).isEqualTo(1);
    }

    @Test
    void closingWhileRedisIsAwayEnds() {
        redis.losesCalls = true;
        record("key", DAY);
        recorder.close();
        assertThat(recorder.waiting()).isEqualTo(1);
    }
}
