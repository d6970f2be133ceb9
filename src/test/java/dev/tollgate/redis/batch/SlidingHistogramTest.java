package dev.tollgate.redis.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.redis.batch.SlidingHistogram.Minute;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class SlidingHistogramTest {

    private static final long SECOND = 1_000_000_000;

    private final SlidingHistogram histogram = new SlidingHistogram();

    @Test
    void anEmptyHistogramHasZeros() {
        assertThat(histogram.lastMinute(0)).isEqualTo(new Minute(0, 0, 0, 0));
    }

    @Test
    void percentilesCoverOnlyTheLastMinute() {
        long start = -30 * SECOND; // nanoTime may be negative
        histogram.record(start, 50 * SECOND);
        for (int i = 1; i <= 100; i++) {
            histogram.record(start + SECOND * (i % 60), i * 1_000L);
        }
        Minute minute = histogram.lastMinute(start + 59 * SECOND);
        assertThat(minute.roundTrips()).isEqualTo(101);
        assertThat(minute.maxMicros()).isEqualTo(50_000_000);
        assertThat(minute.p50Micros()).isBetween(50L, 57L);
        assertThat(histogram.lastMinute(start + 60 * SECOND).maxMicros()).isEqualTo(100);
        assertThat(histogram.lastMinute(start + 200 * SECOND).roundTrips()).isZero();
    }

    @Test
    void theCountsOfASecondAreReplacedAMinuteLater() {
        histogram.record(0, 9_000_000);
        histogram.record(60 * SECOND, 1_000_000);
        assertThat(histogram.lastMinute(60 * SECOND)).isEqualTo(new Minute(1, 1_000, 1_000, 1_000));
    }

    @Property
    void aBucketIsAnEighthWideAtMost(@ForAll @LongRange(min = 0, max = (1L << 27) - 1) long micros) {
        long highest = SlidingHistogram.highest(SlidingHistogram.bucket(micros));
        assertThat(highest).isBetween(micros, micros + micros / 8);
    }
}
