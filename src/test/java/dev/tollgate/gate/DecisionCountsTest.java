package dev.tollgate.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.limit.Ban;
import dev.tollgate.core.limit.BanLevel;
import dev.tollgate.core.limit.Decision;
import dev.tollgate.gate.DecisionCounts.Count;
import dev.tollgate.gate.DecisionCounts.Outcome;
import dev.tollgate.gate.GateResult.Source;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DecisionCountsTest {

    private static final GateResult ADMITTED =
            new GateResult(Optional.of(Decision.admitted(1, List.of())), Source.STORE);

    private final DecisionCounts counts = new DecisionCounts();

    private static GateResult refused(Decision.Outcome outcome, String limit, Ban ban) {
        return new GateResult(
                Optional.of(new Decision(
                        outcome,
                        1,
                        List.of(),
                        List.of(limit),
                        OptionalInt.empty(),
                        Optional.ofNullable(ban),
                        ban != null,
                        false)),
                Source.STORE);
    }

    @Test
    void decisionsAreToldApartByOutcomeTierPolicyModeAndSource() {
        counts.count("uploads", "pro", false, ADMITTED);
        counts.count("uploads", "pro", false, ADMITTED);
        counts.count("uploads", "pro", true, refused(Decision.Outcome.RATE_LIMITED, "minute", null));
        counts.count("api", "free", false, refused(Decision.Outcome.QUOTA_EXCEEDED, "month", null));
        counts.count("api", "free", false, new GateResult(Optional.empty(), Source.OPEN));
        counts.count("api", "free", false, new GateResult(Optional.empty(), Source.CLOSED));
        assertThat(counts.counts())
                .containsExactlyInAnyOrder(
                        new Count(Outcome.ADMITTED, "pro", "uploads", false, Source.STORE, 2),
                        new Count(Outcome.RATE_LIMITED, "pro", "uploads", true, Source.STORE, 1),
                        new Count(Outcome.QUOTA_EXCEEDED, "free", "api", false, Source.STORE, 1),
                        new Count(Outcome.PASSED, "free", "api", false, Source.OPEN, 1),
                        new Count(Outcome.UNAVAILABLE, "free", "api", false, Source.CLOSED, 1));
        assertThat(counts.violatedLimits()).containsOnlyKeys("minute", "month");
        assertThat(counts.byOutcome()).containsEntry("admitted", 2L).containsEntry("banned", 0L);
    }

    @Test
    void bansAreCountedWhenTheyAreApplied() {
        Ban ban = Ban.starting(BanLevel.lasting(Duration.ofMinutes(5)), "why", 1);
        counts.count("api", "free", false, refused(Decision.Outcome.BANNED, "minute", ban));
        counts.count("api", "free", false, new GateResult(Optional.of(Decision.banned(2, ban)), Source.MEMORY));
        assertThat(counts.bansByLevel()).containsOnlyKeys("5_MIN").containsEntry("5_MIN", 1L);
        assertThat(counts.byOutcome()).containsEntry("banned", 2L);
    }

    @Test
    void namesOperatorsMakeAreBounded() {
        for (int policy = 0; policy < 300; policy++) {
            for (int tier = 0; tier < 60; tier++) {
                counts.count("policy-" + policy, "tier-" + tier, false, ADMITTED);
            }
        }
        List<Count> all = counts.counts();
        assertThat(all.stream().map(Count::policy).distinct()).hasSize(101).contains("other");
        assertThat(all.stream().map(Count::tier).distinct())
                .hasSizeLessThanOrEqualTo(61)
                .contains("other");
        assertThat(all).hasSizeLessThanOrEqualTo(101 * 31);
        assertThat(all.stream().mapToLong(Count::requests).sum()).isEqualTo(300 * 60);
    }

    @Test
    void nothingIsLostUnderConcurrency() throws Exception {
        int threads = 4;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        CountDownLatch go = new CountDownLatch(1);
        for (int t = 0; t < threads; t++) {
            pool.execute(() -> {
                try {
                    go.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                for (int i = 0; i < 20_000; i++) {
                    counts.count("p" + i % 3, "t" + i % 5, i % 2 == 0, ADMITTED);
                }
            });
        }
        go.countDown();
        pool.shutdown();
        assertThat(pool.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        assertThat(counts.byOutcome()).containsEntry("admitted", threads * 20_000L);
    }
}
