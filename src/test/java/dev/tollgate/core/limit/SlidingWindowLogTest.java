package dev.tollgate.core.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

/** The sliding window's log against a list of every unit: exact below {@link SlidingWindowLog#EXACT}, one cell off above. */
class SlidingWindowLogTest {

    private static final long LENGTH = 2_000;
    private static final long CELL = LENGTH / SlidingWindowLog.CELLS;
    private static final long COARSE = SlidingWindowLog.EXACT + 1;

    /** Units added at an instant. */
    private record Added(long at, long cost) {}

    /** Requests that follow each other by 0 to 300 ms, most of them closely. */
    @Provide
    Arbitrary<List<Added>> requests() {
        Arbitrary<Long> gaps = Arbitraries.frequencyOf(
                Tuple.of(5, Arbitraries.longs().between(0, 6)),
                Tuple.of(1, Arbitraries.longs().between(7, 300)));
        Arbitrary<Added> steps =
                Combinators.combine(gaps, Arbitraries.longs().between(1, 20)).as(Added::new);
        return steps.list().ofMinSize(1).ofMaxSize(150).map(list -> {
            List<Added> requests = new ArrayList<>();
            long now = 1_000_000;
            for (Added step : list) {
                now += step.at();
                requests.add(new Added(now, step.cost()));
            }
            return requests;
        });
    }

    private static SlidingWindowLog logOf(List<Added> requests, long limit) {
        SlidingWindowLog log = new SlidingWindowLog();
        requests.forEach(request -> {
            log.slide(request.at(), LENGTH);
            log.add(request.cost(), limit, request.at(), LENGTH);
        });
        return log;
    }

    private static long last(List<Added> requests) {
        return requests.get(requests.size() - 1).at();
    }

    private static long unitsSince(List<Added> requests, long now, long length) {
        return requests.stream()
                .filter(request -> request.at() > now - length)
                .mapToLong(Added::cost)
                .sum();
    }

    @Property
    void anExactLogHoldsTheUnitsOfTheWindowToTheMillisecond(
            @ForAll("requests") List<Added> requests, @ForAll @LongRange(max = 2 * LENGTH) long later) {
        SlidingWindowLog log = logOf(requests, SlidingWindowLog.EXACT);
        long now = last(requests) + later;
        log.slide(now, LENGTH);
        assertThat(log.total()).isEqualTo(unitsSince(requests, now, LENGTH));
        assertThat(log.isEmpty()).isEqualTo(log.total() == 0);
    }

    @Property
    void aCoarseLogHoldsAUnitUpToOneCellTooLongAndNeverTooShort(
            @ForAll("requests") List<Added> requests, @ForAll @LongRange(max = 2 * LENGTH) long later) {
        SlidingWindowLog log = logOf(requests, COARSE);
        long now = last(requests) + later;
        log.slide(now, LENGTH);
        assertThat(log.total())
                .isBetween(unitsSince(requests, now, LENGTH), unitsSince(requests, now, LENGTH + CELL - 1));
    }

    @Property(tries = 100)
    void aCoarseLogHasAtMostAnEntryACell(
            @ForAll @LongRange(min = 1, max = 3) long gap, @ForAll @IntRange(max = 9) int from) {
        SlidingWindowLog log = new SlidingWindowLog();
        long now = from;
        for (int i = 0; i < 3 * LENGTH; i++) {
            now += gap;
            log.slide(now, LENGTH);
            log.add(1, 1_000_000, now, LENGTH);
        }
        assertThat(entries(log, now)).isBetween(SlidingWindowLog.CELLS - 2, SlidingWindowLog.CELLS + 2);
    }

    /** Counts the entries by how often the total falls while the window slides: no two entries leave in one millisecond. */
    private static int entries(SlidingWindowLog log, long now) {
        int entries = 0;
        for (long then = now; !log.isEmpty(); then++) {
            long before = log.total();
            log.slide(then, LENGTH);
            entries += log.total() < before ? 1 : 0;
        }
        return entries;
    }

    @Property
    void aRequestFitsWhenTheLogSaysAndNotAMillisecondEarlier(
            @ForAll("requests") List<Added> requests,
            @ForAll @LongRange(min = 1, max = 60) long cost,
            @ForAll @LongRange(min = 60, max = 160) long limit) {
        long now = last(requests);
        SlidingWindowLog log = logOf(requests, limit);
        if (log.total() + cost <= limit) {
            return;
        }
        long until = log.untilFits(cost, limit, now, LENGTH);
        assertThat(until).isBetween(1L, LENGTH);
        log.slide(now + until - 1, LENGTH);
        assertThat(log.total() + cost).isGreaterThan(limit);
        log.slide(now + until, LENGTH);
        assertThat(log.total() + cost).isLessThanOrEqualTo(limit);
    }

    @Property
    void theOldestUnitsLeaveWhenTheLogSaysAndNotAMillisecondEarlier(
            @ForAll("requests") List<Added> requests, @ForAll boolean exact) {
        SlidingWindowLog log = logOf(requests, exact ? SlidingWindowLog.EXACT : COARSE);
        long now = last(requests);
        long total = log.total();
        long until = log.untilFirstLeaves(now, LENGTH);
        log.slide(now + until - 1, LENGTH);
        assertThat(log.total()).isEqualTo(total);
        log.slide(now + until, LENGTH);
        assertThat(log.total()).isLessThan(total);
    }

    @Example
    void aCostOverTheLimitWaitsTheWholeWindow() {
        SlidingWindowLog log = logOf(List.of(new Added(1_000, 3)), 10);
        assertThat(log.untilFits(11, 10, 1_500, LENGTH)).isEqualTo(LENGTH);
    }

    @Example
    void anEmptyLogHasNothingToLeave() {
        SlidingWindowLog log = new SlidingWindowLog();
        assertThat(log.isEmpty()).isTrue();
        assertThat(log.total()).isZero();
        assertThat(log.untilFirstLeaves(5_000, LENGTH)).isZero();
    }

    @Example
    void aUnitLeavesExactlyAWindowAfterItCame() {
        SlidingWindowLog log = logOf(List.of(new Added(1_000, 3)), 10);
        log.slide(1_000 + LENGTH - 1, LENGTH);
        assertThat(log.total()).isEqualTo(3);
        log.slide(1_000 + LENGTH, LENGTH);
        assertThat(log.isEmpty()).isTrue();
    }

    @Example
    void aClockThatWentBackCountsUnitsAtTheLatestTimeSeen() {
        SlidingWindowLog log = logOf(List.of(new Added(10_000, 1), new Added(4_000, 2)), 10);
        assertThat(log.untilFits(10, 10, 10_000, LENGTH)).isEqualTo(LENGTH);
        log.slide(10_000 + LENGTH - 1, LENGTH);
        assertThat(log.total()).isEqualTo(3);
        log.slide(10_000 + LENGTH, LENGTH);
        assertThat(log.total()).isZero();
    }

    @Example
    void unitsDatedAheadDoNotDelayThoseThatAreAddedAfterThem() {
        SlidingWindowLog log = new SlidingWindowLog();
        log.add(5, COARSE, 1_300, LENGTH);
        log.add(2, COARSE, 1_000, LENGTH);
        assertThat(log.unitsAfter(1_000)).isEqualTo(5);
        assertThat(log.untilFirstLeaves(1_000, LENGTH)).isEqualTo(LENGTH);
        log.slide(1_000 + LENGTH, LENGTH);
        assertThat(log.total()).isEqualTo(5);
        log.slide(1_300 + LENGTH - 1, LENGTH);
        assertThat(log.total()).isEqualTo(5);
        log.slide(1_300 + LENGTH, LENGTH);
        assertThat(log.isEmpty()).isTrue();
    }

    @Example
    void unitsAreTakenOutOfTheCellOfTheirDateAndNoOther() {
        SlidingWindowLog log = logOf(List.of(new Added(1_000, 3), new Added(1_000 + 2 * CELL, 4)), COARSE);
        assertThat(log.remove(2, COARSE, 1_000, LENGTH)).isEqualTo(2);
        assertThat(log.remove(9, COARSE, 1_000, LENGTH))
                .as("what is left there")
                .isEqualTo(1);
        assertThat(log.remove(1, COARSE, 1_000, LENGTH)).as("an empty cell").isZero();
        assertThat(log.total()).isEqualTo(4);
    }

    @Example
    void aRefundTakesOlderUnitsAndNeverLaterOnes() {
        SlidingWindowLog log =
                logOf(List.of(new Added(1_000, 3), new Added(1_100, 4), new Added(1_200, 5)), SlidingWindowLog.EXACT);
        log.refund(6, SlidingWindowLog.EXACT, 1_150, LENGTH);
        assertThat(log.total()).isEqualTo(1 + 5);
        assertThat(log.untilFirstLeaves(1_200, LENGTH)).isEqualTo(LENGTH - 200);
        log.refund(6, SlidingWindowLog.EXACT, 1_150, LENGTH);
        assertThat(log.total()).isEqualTo(5);
    }

    @Example
    void aCellIsAtLeastAMillisecondLong() {
        SlidingWindowLog log = new SlidingWindowLog();
        log.add(1, COARSE, 50, SlidingWindowLog.CELLS / 2);
        log.add(1, COARSE, 51, SlidingWindowLog.CELLS / 2);
        log.slide(50 + SlidingWindowLog.CELLS / 2, SlidingWindowLog.CELLS / 2);
        assertThat(log.total()).isEqualTo(1);
    }
}
