package dev.tollgate.core.usage;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Counts near the bounds of a long, and of what Redis's doubles keep exact: sums stop there and never become negative. */
class BoundedCountsTest {

    private static final BigInteger MAX = BigInteger.valueOf(Long.MAX_VALUE);

    /** Counts of every size, most of them within a few units of a bound. */
    @Provide
    Arbitrary<Long> counts() {
        Arbitrary<Long> bounds = Arbitraries.of(
                0L, 1L << 32, 1L << 44, 1L << 52, 1L << 53, 1L << 62, Long.MAX_VALUE - 4, Long.MAX_VALUE);
        Arbitrary<Long> near = Combinators.combine(bounds, Arbitraries.longs().between(-3, 3))
                .as((bound, off) -> bound + off < 0 ? Long.MAX_VALUE : bound + off);
        return Arbitraries.oneOf(near, Arbitraries.longs().between(0, Long.MAX_VALUE));
    }

    @Provide
    Arbitrary<UsageCounts> usages() {
        return Combinators.combine(counts(), counts(), counts(), counts(), counts())
                .as((requests, files, bytes, png, text) -> new UsageCounts(
                        requests, requests, 0, files, bytes, 1, Map.of("image/png", png, "text/plain", text)));
    }

    @Property
    void aSumIsTheTrueOneOrTheBound(@ForAll("counts") long some, @ForAll("counts") long more) {
        BigInteger sum = BigInteger.valueOf(some).add(BigInteger.valueOf(more)).min(MAX);
        assertThat(BigInteger.valueOf(UsageCounts.sum(some, more))).isEqualTo(sum);
    }

    @Property
    void mergingStaysTheSameInAnyOrderAndGrouping(
            @ForAll("usages") UsageCounts a, @ForAll("usages") UsageCounts b, @ForAll("usages") UsageCounts c) {
        assertThat(a.plus(b)).isEqualTo(b.plus(a));
        assertThat(a.plus(b).plus(c)).isEqualTo(a.plus(b.plus(c)));
        assertThat(a.plus(UsageCounts.NONE)).isEqualTo(a);
        assertThat(List.of(
                        a.plus(b).totalBytes(),
                        a.plus(b).totalFiles(),
                        a.plus(b).totalRequests()))
                .allMatch(count -> count >= 0);
        assertThat(a.plus(b).fileTypes().values()).allMatch(count -> count >= 0);
    }

    @Property
    void whatARecordingHoldsIsNeverNegative(@ForAll("usages") UsageCounts some, @ForAll("usages") UsageCounts more) {
        LocalDate day = LocalDate.of(2026, 11, 22);
        UsageDelta delta = new UsageDelta(
                "key",
                "node",
                1,
                Map.of(
                        new KeyUsage.ProviderDay("s3", day), some,
                        new KeyUsage.ProviderDay("local", day), more));
        assertThat(delta.requests()).isNotNegative();
        assertThat(KeyUsage.of(delta.usage()).totals()).isEqualTo(some.plus(more));
    }

    @Property(tries = 200)
    void aBatchCostsItsPlacesAndSomeOfItsEvents(@ForAll("batches") List<PostedEvent> batch) {
        long places = batch.stream()
                .map(event -> List.of(
                        event.usage().provider(),
                        event.usage().day(),
                        String.valueOf(event.usage().mediaType())))
                .distinct()
                .count();
        assertThat(UsageCells.of(batch)).isEqualTo((int) places + batch.size() / UsageCells.EVENTS_PER_CELL);
        assertThat(UsageCells.of(batch)).isBetween(batch.isEmpty() ? 0 : 1, UsageCells.MAX_PER_BATCH);
    }

    @Provide
    Arbitrary<List<PostedEvent>> batches() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, PostedEvent.MAX_EVENTS),
                        Arbitraries.integers().between(1, 101),
                        Arbitraries.integers().between(1, 7),
                        Arbitraries.integers().between(1, 120))
                .as(BoundedCountsTest::batch);
    }

    private static List<PostedEvent> batch(int events, int providers, int days, int types) {
        List<PostedEvent> batch = new ArrayList<>();
        for (int i = 0; i < events; i++) {
            LocalDate day = LocalDate.of(2026, 11, 22).minusDays(i / providers % days);
            String type = i % types == 0 ? null : "type/" + i % types;
            UsageEvent usage = new UsageEvent("key", "p" + i % providers, day, true, type == null ? 0 : 1, 0, type, 1);
            batch.add(new PostedEvent("id" + i, usage));
        }
        return batch;
    }
}
