package dev.tollgate.redis.batch;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;

/** The slowest trips of late: the last {@value #MAX_ENTRIES} that took at least {@value #SLOW_MICROS} microseconds. Thread-safe. */
public final class SlowBatchLog {

    /** What is slow. */
    public static final long SLOW_MICROS = 10_000;

    private static final int MAX_ENTRIES = 50;

    /**
     * A slow trip.
     *
     * @param atMillis when it ended, milliseconds since the epoch
     * @param micros how long it took, in microseconds
     * @param calls how many calls shared it
     * @param script the script of the first of them
     * @param failure why it failed; null if it did not
     */
    public record SlowBatch(long atMillis, long micros, int calls, String script, String failure) {}

    private final Deque<SlowBatch> batches = new ArrayDeque<>();

    /** Notes a trip, if it was slow. */
    void add(long atMillis, long tookNanos, int calls, String script, Throwable failure) {
        long micros = tookNanos / 1_000;
        if (micros < SLOW_MICROS) {
            return;
        }
        String why = failure == null ? null : failure.getClass().getSimpleName();
        synchronized (batches) {
            if (batches.size() == MAX_ENTRIES) {
                batches.removeFirst();
            }
            batches.addLast(new SlowBatch(atMillis, micros, calls, script, why));
        }
    }

    /** Those there were, latest first. */
    public List<SlowBatch> latestFirst() {
        synchronized (batches) {
            List<SlowBatch> all = new ArrayList<>(batches);
            Collections.reverse(all);
            return all;
        }
    }
}
