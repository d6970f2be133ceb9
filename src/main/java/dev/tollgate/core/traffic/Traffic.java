package dev.tollgate.core.traffic;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * A record of traffic by the second, for an hour. Requests only add to counters. Once a second {@link #tick} takes what was
 * added, keeps it in a ring of fixed size and gives it to the store that all nodes share. Thread-safe.
 */
public final class Traffic {

    /** How far back it remembers. */
    public static final int SECONDS = 3_600;

    private static final long PATIENCE_MILLIS = 500;

    private final Supplier<TrafficCounts> totals;
    private final TrafficStore store;
    private final TrafficCounts[] ring = new TrafficCounts[SECONDS];
    private final long[] stamps = new long[SECONDS];
    private TrafficCounts before;

    /**
     * @param totals all there was since the node's start; only ever rises
     * @param store where nodes meet
     */
    public Traffic(Supplier<TrafficCounts> totals, TrafficStore store) {
        this.totals = totals;
        this.store = store;
        this.before = totals.get();
        Arrays.fill(stamps, Long.MIN_VALUE);
    }

    /** Takes what has come since the last call; call it once a second. Never waits. */
    public void tick(long nowMillis) {
        long second = Math.floorDiv(nowMillis, 1000) - 1;
        TrafficCounts share = take(second);
        if (!share.equals(TrafficCounts.NONE)) {
            store.add(second, share);
        }
    }

    private synchronized TrafficCounts take(long second) {
        TrafficCounts now = totals.get();
        TrafficCounts share = now.minus(before);
        before = now;
        int slot = (int) Math.floorMod(second, (long) SECONDS);
        ring[slot] = stamps[slot] == second ? ring[slot].plus(share) : share;
        stamps[slot] = second;
        return share;
    }

    /**
     * Returns the last seconds up to the one before last, by when every node has added its share.
     *
     * @param seconds how many, 1 to {@link #SECONDS}
     * @param step seconds per sum, at least 1
     */
    public TrafficHistory last(int seconds, int step, long nowMillis) {
        // A sum always begins at a multiple of its length, so that it does not change as time goes on.
        long end = Math.floorDiv(Math.floorDiv(nowMillis, 1000) - 1, (long) step) * step;
        long from = Math.floorDiv(end - seconds, (long) step) * step;
        int length = (int) (end - from);
        try {
            List<TrafficCounts> sums =
                    store.read(from, length, step).toCompletableFuture().get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
            return new TrafficHistory(from, step, TrafficHistory.ALL, sums);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            // Redis is away: said by the scope.
        }
        return new TrafficHistory(from, step, TrafficHistory.NODE, own(from, length, step));
    }

    private synchronized List<TrafficCounts> own(long from, int length, int step) {
        List<TrafficCounts> sums = new ArrayList<>();
        for (long begin = from; begin < from + length; begin += step) {
            TrafficCounts sum = TrafficCounts.NONE;
            for (long second = begin; second < begin + step; second++) {
                int slot = (int) Math.floorMod(second, (long) SECONDS);
                if (stamps[slot] == second) {
                    sum = sum.plus(ring[slot]);
                }
            }
            sums.add(sum);
        }
        return sums;
    }
}
