package dev.tollgate.redis.batch;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The latest {@value #MAX_ENTRIES} batches that took at least {@value #SLOW_MICROS} microseconds. Thread-safe. */
public final class SlowBatchLog {

    /** The duration from which a batch is slow, in microseconds. */
    public static final long SLOW_MICROS = 10_000;

    private static final int MAX_ENTRIES = 50;

    /**
     * A slow batch.
     *
     * @param atMillis when it ended, milliseconds since the epoch
     * @param micros how long it took, in microseconds
     * @param calls the number of its calls
     * @param script the script of the first call
     * @param failure the class of the exception it failed with; null if it succeeded
     */
    public record SlowBatch(
            long atMillis,
            long micros,
            int calls,
            String script,
            @Nullable String failure) {}

    private final Deque<SlowBatch> batches = new ArrayDeque<>();

    /** Adds a batch if it was slow. */
    void add(long atMillis, long tookNanos, int calls, String script, @Nullable Throwable failure) {
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

    /** Returns the slow batches, newest first. */
    public List<SlowBatch> latestFirst() {
        synchronized (batches) {
            List<SlowBatch> all = new ArrayList<>(batches);
            Collections.reverse(all);
            return all;
        }
    }
}
