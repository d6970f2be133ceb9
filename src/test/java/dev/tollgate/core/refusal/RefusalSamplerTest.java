package dev.tollgate.core.refusal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.limit.Caller;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RefusalSamplerTest {

    private static final long MINUTE = 60_000;
    private static final Caller ACCOUNT = Caller.account("11111111-1111-4111-8111-111111111111");
    private static final RefusalReason LIMITED =
            new RefusalReason("uploads", "minute", 429, "RATE_LIMIT_EXCEEDED", false);
    private static final RefusalReason BANNED = new RefusalReason("uploads", null, 429, "BANNED", false);

    /** The rows as the database has them: the larger count stays. */
    private final Map<String, RefusalRow> kept = new HashMap<>();

    private static RefusedRequest refused(long atMillis, Caller caller, RefusalReason reason) {
        return new RefusedRequest(atMillis, caller, "key", "192.0.2.7", "request-" + atMillis, reason);
    }

    private static Caller address(int number) {
        return Caller.address("198.51.100." + number);
    }

    private void keep(List<RefusalRow> rows) {
        rows.forEach(row -> kept.merge(row.id(), row, (a, b) -> a.count() < b.count() ? b : a));
    }

    private long counted() {
        return kept.values().stream().mapToLong(RefusalRow::count).sum();
    }

    @Test
    void refusalsOfACallerForOneReasonInAMinuteAreOneRowWithTheFirstOnesDetails() {
        RefusalSampler sampler = new RefusalSampler(100);
        for (int i = 0; i < 50; i++) {
            sampler.note(refused(MINUTE + i, ACCOUNT, LIMITED));
        }
        assertThat(sampler.drain(MINUTE + 50)).singleElement().satisfies(row -> {
            assertThat(row.requestId()).isEqualTo("request-" + MINUTE);
            assertThat(row.atMillis()).isEqualTo(MINUTE);
            assertThat(row.lastMillis()).isEqualTo(MINUTE + 49);
            assertThat(row.caller()).isEqualTo(ACCOUNT);
            assertThat(row.keyId()).isEqualTo("key");
            assertThat(row.address()).isEqualTo("192.0.2.7");
            assertThat(row.count()).isEqualTo(50);
        });
    }

    @Test
    void aRowComesWithItsFirstRefusalAndAgainAfterItsMinuteIfItsCountGrew() {
        RefusalSampler sampler = new RefusalSampler(100);
        sampler.note(refused(MINUTE, ACCOUNT, LIMITED));
        sampler.note(refused(MINUTE, ACCOUNT, BANNED));
        List<RefusalRow> first = sampler.drain(MINUTE + 1_000);
        assertThat(first).hasSize(2);
        sampler.note(refused(MINUTE + 2_000, ACCOUNT, LIMITED));
        assertThat(sampler.drain(MINUTE + 3_000)).isEmpty();
        String grown = first.stream()
                .filter(row -> row.reason().equals(LIMITED))
                .findFirst()
                .orElseThrow()
                .id();
        assertThat(sampler.drain(2 * MINUTE + 1_000)).singleElement().satisfies(row -> {
            assertThat(row.id()).isEqualTo(grown);
            assertThat(row.count()).isEqualTo(2);
        });
        assertThat(sampler.size()).isZero();
    }

    @Test
    void theNextMinuteAndAnotherLimitCodeRouteOrModeAreRowsOfTheirOwn() {
        RefusalSampler sampler = new RefusalSampler(100);
        sampler.note(refused(MINUTE, ACCOUNT, LIMITED));
        sampler.note(refused(2 * MINUTE, ACCOUNT, LIMITED));
        for (RefusalReason other : List.of(
                BANNED,
                new RefusalReason("uploads", "day", 429, "RATE_LIMIT_EXCEEDED", false),
                new RefusalReason("check", "minute", 429, "RATE_LIMIT_EXCEEDED", false),
                new RefusalReason("uploads", "minute", 429, "RATE_LIMIT_EXCEEDED", true))) {
            sampler.note(refused(MINUTE, ACCOUNT, other));
        }
        assertThat(sampler.drain(2 * MINUTE)).hasSize(6).allMatch(row -> row.count() == 1);
    }

    @Test
    void aFloodOfStrangersTakesHalfOfTheRowsAndTheRestIsCountedWithoutACaller() {
        RefusalSampler sampler = new RefusalSampler(10);
        IntStream.range(0, 100).forEach(i -> sampler.note(refused(MINUTE, address(i), LIMITED)));
        sampler.note(refused(MINUTE, ACCOUNT, LIMITED));
        List<RefusalRow> rows = sampler.drain(MINUTE);
        assertThat(rows).hasSize(7);
        assertThat(rows.stream().filter(row -> ACCOUNT.equals(row.caller()))).hasSize(1);
        assertThat(rows.stream().filter(row -> row.caller() == null))
                .singleElement()
                .satisfies(others -> {
                    assertThat(others.count()).isEqualTo(95);
                    assertThat(others.requestId()).isNull();
                    assertThat(others.address()).isNull();
                    assertThat(others.keyId()).isNull();
                });
    }

    @Test
    void withoutADrainMemoryIsBoundedAndNothingIsLost() {
        RefusalSampler sampler = new RefusalSampler(10);
        for (int minute = 0; minute < 500; minute++) {
            for (int i = 0; i < 20; i++) {
                sampler.note(refused(minute * MINUTE, Caller.account("account-" + i), LIMITED));
            }
        }
        assertThat(sampler.size()).isLessThanOrEqualTo(20 + RefusalSampler.MAX_OTHERS);
        keep(sampler.drainAll());
        assertThat(counted() + sampler.uncounted()).isEqualTo(10_000);
    }

    @Test
    void moreReasonsThanAnyRoutesFileHasAreCountedAsUncounted() {
        RefusalSampler sampler = new RefusalSampler(10);
        int reasons = RefusalSampler.MAX_OTHERS + 10 + 5;
        for (int i = 0; i < reasons; i++) {
            sampler.note(
                    refused(MINUTE, ACCOUNT, new RefusalReason("route-" + i, null, 401, "INVALID_API_KEY", false)));
        }
        assertThat(sampler.uncounted()).isEqualTo(5);
        assertThat(sampler.drainAll()).hasSize(reasons - 5);
    }

    @Test
    void zeroRowsNoteNothing() {
        RefusalSampler sampler = new RefusalSampler(0);
        sampler.note(refused(MINUTE, ACCOUNT, LIMITED));
        assertThat(sampler.drainAll()).isEmpty();
        assertThat(sampler.uncounted()).isZero();
    }

    @Test
    void aClockThatIsSetBackLosesNothingAndLeavesNothingBehind() {
        RefusalSampler sampler = new RefusalSampler(10);
        for (long at : new long[] {100 * MINUTE, 100 * MINUTE + 5, 40 * MINUTE, 40 * MINUTE + 1, 39 * MINUTE}) {
            sampler.note(refused(at, ACCOUNT, LIMITED));
            keep(sampler.drain(at));
        }
        keep(sampler.drain(42 * MINUTE));
        assertThat(counted()).isEqualTo(5);
        assertThat(sampler.size()).isZero();
        assertThat(kept.values()).allMatch(row -> row.caller() != null);
    }

    @Property(tries = 300)
    void rowsAreBoundedAndCountsAddUpWhateverComes(
            @ForAll long seed, @ForAll @IntRange(min = 10, max = 60) int maxRows) {
        Random random = new Random(seed);
        RefusalSampler sampler = new RefusalSampler(maxRows);
        kept.clear();
        long now = MINUTE * random.nextInt(1_000);
        int noted = 0;
        Set<Object> seen = new HashSet<>();
        for (int step = 0; step < 2_000; step++) {
            now += random.nextInt(200);
            Caller caller = random.nextInt(3) == 0
                    ? Caller.account("account-" + random.nextInt(80))
                    : address(random.nextInt(200));
            RefusalReason reason = random.nextBoolean() ? LIMITED : BANNED;
            sampler.note(refused(now, caller, reason));
            seen.add(List.of(now / MINUTE, caller, reason));
            noted++;
            if (random.nextInt(20) == 0) {
                keep(sampler.drain(now));
            }
        }
        keep(sampler.drainAll());
        assertThat(counted()).isEqualTo(noted);
        Map<Long, Integer> ofMinute = new HashMap<>();
        Map<Long, Integer> ofAddresses = new HashMap<>();
        Set<Object> rows = new HashSet<>();
        for (RefusalRow row : kept.values()) {
            if (row.caller() != null) {
                long minute = row.atMillis() / MINUTE;
                ofMinute.merge(minute, 1, Integer::sum);
                ofAddresses.merge(minute, row.caller().isAccount() ? 0 : 1, Integer::sum);
                Object key = List.of(minute, row.caller(), row.reason());
                assertThat(rows.add(key)).as("one row for %s", key).isTrue();
                assertThat(seen).contains(key);
            }
        }
        assertThat(ofMinute.values()).allMatch(count -> count <= maxRows);
        assertThat(ofAddresses.values()).allMatch(count -> count <= (maxRows + 1) / 2);
    }

    @Test
    void countsOfManyThreadsAddUpWhileRowsAreDrained() throws Exception {
        int threads = 8;
        int each = 40_000;
        RefusalSampler sampler = new RefusalSampler(20);
        ExecutorService executor = Executors.newFixedThreadPool(threads + 1);
        CountDownLatch start = new CountDownLatch(1);
        AtomicBoolean over = new AtomicBoolean();
        try {
            List<? extends Future<?>> notes = IntStream.range(0, threads)
                    .mapToObj(thread -> executor.submit(() -> {
                        start.await();
                        Random random = new Random(thread);
                        for (int i = 0; i < each; i++) {
                            // Half a minute passes for each thread in 10,000 refusals.
                            long at = 3L * i;
                            Caller caller = random.nextInt(4) == 0 ? address(random.nextInt(250)) : ACCOUNT;
                            sampler.note(refused(at, caller, random.nextBoolean() ? LIMITED : BANNED));
                        }
                        return null;
                    }))
                    .toList();
            Future<?> drain = executor.submit(() -> {
                start.await();
                long now = 0;
                while (!over.get()) {
                    keep(sampler.drain(now));
                    now = (now + 7_000) % (4 * MINUTE);
                }
                return null;
            });
            start.countDown();
            for (Future<?> note : notes) {
                note.get(60, TimeUnit.SECONDS);
            }
            over.set(true);
            drain.get(60, TimeUnit.SECONDS);
        } finally {
            executor.shutdownNow();
        }
        keep(sampler.drainAll());
        assertThat(counted() + sampler.uncounted()).isEqualTo((long) threads * each);
    }
}
