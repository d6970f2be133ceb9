package dev.tollgate.redis.batch;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;

/** The slowest trips of late: the last {@value #MOST} that took at least {@value #SLOW_MICROS} microseconds. Thread-safe. */
public final class SlowTrips {

    /** What is slow. */
    public static final long SLOW_MICROS = 10_000;

    private static final int MOST = 50;

    /**
     * A slow trip.
     *
     * @param atMillis when it ended, milliseconds since the epoch
     * @param micros how long it took, in microseconds
     * @param calls how many calls shared it
     * @param script the script of the first of them
     * @param failure why it failed; null if it did not
     */
    public record SlowTrip(long atMillis, long micros, int calls, String script, String failure) {}

    private final Deque<SlowTrip> trips = new ArrayDeque<>();

    /** Notes a trip, if it was slow. */
    void note(long atMillis, long tookNanos, int calls, String script, Throwable failure) {
        long micros = tookNanos / 1_000;
        if (micros < SLOW_MICROS) {
            return;
        }
        String why = failure == null ? null : failure.getClass().getSimpleName();
        synchronized (trips) {
            if (trips.size() == MOST) {
                trips.removeFirst();
            }
            trips.addLast(new SlowTrip(atMillis, micros, calls, script, why));
        }
    }

    /** Those there were, latest first. */
    public List<SlowTrip> latestFirst() {
        synchronized (trips) {
            List<SlowTrip> all = new ArrayList<>(trips);
            Collections.reverse(all);
            return all;
        }
    }
}
