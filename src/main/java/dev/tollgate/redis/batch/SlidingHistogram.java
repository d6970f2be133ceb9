package dev.tollgate.redis.batch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The durations of the last minute's round trips: one histogram per second.
 *
 * <p>A bucket is at most an eighth as wide as the values in it, as in HdrHistogram with three bits of precision. Fixed size, 60
 * kB. Thread-safe; recording takes a short lock, once per batch.
 */
public final class SlidingHistogram {

    private static final int SECONDS = 60;
    private static final int PRECISION = 3;
    private static final long MAX_MICROS = (1L << 27) - 1; // 134 s; longer durations count as this
    private static final int BUCKETS = bucket(MAX_MICROS) + 1;
    private static final long NANOS = 1_000_000_000;

    /**
     * A summary of one minute. Durations are in microseconds, and 0 if there were no round trips.
     *
     * @param roundTrips the number of round trips
     * @param p50Micros the median, rounded up by at most an eighth
     * @param p99Micros the 99th percentile, rounded up by at most an eighth
     * @param maxMicros the longest, exactly
     */
    public record Minute(long roundTrips, long p50Micros, long p99Micros, long maxMicros) {}

    private final int[][] counts = new int[SECONDS][BUCKETS];
    private final long[] longest = new long[SECONDS];
    private final long[] second = new long[SECONDS];

    /** Creates a histogram with nothing recorded. */
    public SlidingHistogram() {
        Arrays.fill(second, Long.MIN_VALUE);
    }

    /**
     * Records a round trip.
     *
     * @param nowNanos the time of a monotonic clock
     * @param tookNanos the duration in nanoseconds
     */
    void record(long nowNanos, long tookNanos) {
        long micros = Math.max(0, Math.min(MAX_MICROS, tookNanos / 1_000));
        long now = Math.floorDiv(nowNanos, NANOS);
        int slot = (int) Math.floorMod(now, (long) SECONDS);
        synchronized (this) {
            if (second[slot] != now) {
                second[slot] = now;
                longest[slot] = 0;
                Arrays.fill(counts[slot], 0);
            }
            counts[slot][bucket(micros)]++;
            longest[slot] = Math.max(longest[slot], micros);
        }
    }

    /** Forgets everything recorded. */
    synchronized void reset() {
        Arrays.fill(second, Long.MIN_VALUE);
    }

    /**
     * Summarizes the last minute.
     *
     * @param nowNanos the time of the clock given to {@link #record}
     */
    public Minute lastMinute(long nowNanos) {
        long[] sums;
        long max = 0;
        synchronized (this) {
            sums = sums(nowNanos);
            for (int slot = 0; slot < SECONDS; slot++) {
                if (isRecent(slot, nowNanos)) {
                    max = Math.max(max, longest[slot]);
                }
            }
        }
        long all = Arrays.stream(sums).sum();
        return new Minute(all, percentile(sums, all, 50, max), percentile(sums, all, 99, max), max);
    }

    /**
     * Counts the last minute's round trips that took longer than a bound. Those within an eighth of the bound may be left out.
     *
     * @param nowNanos the time of the clock given to {@link #record}
     */
    long countSlower(long nowNanos, long micros) {
        int from = bucket(Math.min(MAX_MICROS, micros)) + 1;
        return Arrays.stream(sums(nowNanos), from, BUCKETS).sum();
    }

    /**
     * A bucket of the coarse histogram.
     *
     * @param upToMicros the upper bound in microseconds, a power of two
     * @param roundTrips the number of round trips that took longer than half of the bound, and no longer than the bound
     */
    public record Bucket(long upToMicros, long roundTrips) {}

    /** Returns the last minute's histogram, shortest first, without the empty buckets at both ends. */
    public List<Bucket> histogram(long nowNanos) {
        long[] buckets = sums(nowNanos);
        long[] sums = new long[Long.SIZE];
        for (int b = 0; b < BUCKETS; b++) {
            sums[Long.SIZE - Long.numberOfLeadingZeros(highest(b))] += buckets[b];
        }
        int first = 0;
        int last = sums.length - 1;
        while (first < last && sums[first] == 0) {
            first++;
        }
        while (last >= first && sums[last] == 0) {
            last--;
        }
        List<Bucket> histogram = new ArrayList<>();
        for (int power = first; power <= last; power++) {
            histogram.add(new Bucket(1L << power, sums[power]));
        }
        return histogram;
    }

    /** Sums up the buckets of the last minute. */
    private synchronized long[] sums(long nowNanos) {
        long[] sums = new long[BUCKETS];
        for (int slot = 0; slot < SECONDS; slot++) {
            if (isRecent(slot, nowNanos)) {
                for (int b = 0; b < BUCKETS; b++) {
                    sums[b] += counts[slot][b];
                }
            }
        }
        return sums;
    }

    private boolean isRecent(int slot, long nowNanos) {
        return second[slot] != Long.MIN_VALUE && Math.floorDiv(nowNanos, NANOS) - second[slot] < SECONDS;
    }

    private static long percentile(long[] sums, long all, int percent, long max) {
        long wanted = (all * percent + 99) / 100;
        long seen = 0;
        for (int b = 0; b < BUCKETS && all > 0; b++) {
            seen += sums[b];
            if (seen >= wanted) {
                return Math.min(max, highest(b));
            }
        }
        return 0;
    }

    /** Returns the bucket of a value: exact below 8, then eight buckets per power of two. */
    static int bucket(long micros) {
        int exponent = 63 - Long.numberOfLeadingZeros(micros | 1);
        if (exponent < PRECISION) {
            return (int) micros;
        }
        int shift = exponent - PRECISION;
        return ((shift + 1) << PRECISION) + (int) ((micros >>> shift) & ((1 << PRECISION) - 1));
    }

    /** Returns the highest value of a bucket. */
    static long highest(int bucket) {
        int row = bucket >> PRECISION;
        long within = bucket & ((1 << PRECISION) - 1);
        if (row == 0) {
            return within;
        }
        int shift = row - 1;
        return ((within + (1 << PRECISION) + 1) << shift) - 1;
    }
}
