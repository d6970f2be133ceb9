package dev.tollgate.core.stats;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * A histogram of values since the start. Recording is two striped additions and never blocks, so it suits the path of every
 * request. Thread-safe; a snapshot may lack values recorded while it is taken.
 *
 * <p>Each bucket remembers one example: a value with the trace it came from, replaced at most once a second.
 */
public final class Histogram {

    private static final long EXAMPLE_MILLIS = 1_000;

    /**
     * A value and where it came from.
     *
     * @param value the value, in the histogram's unit
     * @param traceId 32 lower-case hexadecimal digits
     * @param atMillis when, milliseconds since the epoch
     */
    public record Exemplar(long value, String traceId, long atMillis) {}

    /**
     * One bucket.
     *
     * @param upTo values no greater than this and greater than the bucket's before; {@link Long#MAX_VALUE} for the last
     * @param count how many
     * @param example one of them; null for none
     */
    public record Bucket(long upTo, long count, @Nullable Exemplar example) {}

    /**
     * All of it at one moment.
     *
     * @param buckets ascending, the last without bound
     * @param sum of all values
     */
    public record Snapshot(List<Bucket> buckets, long sum) {
        public Snapshot {
            buckets = Collections.unmodifiableList(new ArrayList<>(buckets));
        }

        /** Returns how many values there were. */
        public long count() {
            return buckets.stream().mapToLong(Bucket::count).sum();
        }
    }

    private final long[] bounds;
    private final LongAdder[] counts;
    private final LongAdder sum = new LongAdder();
    private final AtomicReferenceArray<Exemplar> examples;

    /**
     * @param bounds the buckets' upper bounds, ascending, in whatever unit the values have; one bucket more goes without
     */
    public Histogram(long... bounds) {
        this.bounds = bounds.clone();
        for (int i = 1; i < bounds.length; i++) {
            if (bounds[i] <= bounds[i - 1]) {
                throw new IllegalArgumentException("bounds must ascend");
            }
        }
        this.counts = new LongAdder[bounds.length + 1];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = new LongAdder();
        }
        this.examples = new AtomicReferenceArray<>(counts.length);
    }

    /** For durations in nanoseconds, from 100 microseconds to 10 seconds. */
    public static Histogram ofNanos() {
        long micro = 1_000;
        long milli = 1_000 * micro;
        return new Histogram(
                100 * micro,
                250 * micro,
                500 * micro,
                milli,
                2_500 * micro,
                5 * milli,
                10 * milli,
                25 * milli,
                50 * milli,
                100 * milli,
                250 * milli,
                500 * milli,
                1_000 * milli,
                2_500 * milli,
                10_000 * milli);
    }

    /** Adds a value. */
    public void record(long value) {
        record(value, null, 0);
    }

    /**
     * Adds a value that came from a trace.
     *
     * @param traceId null for none
     * @param atMillis the present, milliseconds since the epoch
     */
    public void record(long value, @Nullable String traceId, long atMillis) {
        int bucket = bucket(value);
        counts[bucket].increment();
        sum.add(value);
        if (traceId != null) {
            Exemplar last = examples.get(bucket);
            if (last == null || atMillis - last.atMillis() >= EXAMPLE_MILLIS) {
                examples.set(bucket, new Exemplar(value, traceId, atMillis));
            }
        }
    }

    private int bucket(long value) {
        int i = 0;
        while (i < bounds.length && value > bounds[i]) {
            i++;
        }
        return i;
    }

    /** Returns what was recorded so far. */
    public Snapshot snapshot() {
        List<Bucket> buckets = new ArrayList<>(counts.length);
        for (int i = 0; i < counts.length; i++) {
            buckets.add(new Bucket(i < bounds.length ? bounds[i] : Long.MAX_VALUE, counts[i].sum(), examples.get(i)));
        }
        return new Snapshot(buckets, sum.sum());
    }
}
