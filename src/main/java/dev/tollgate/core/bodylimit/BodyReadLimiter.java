package dev.tollgate.core.bodylimit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * Limits on the request bodies being read: how slow one may be, and how many there may be per caller and in all. A body
 * holds a server thread while its bytes are awaited. It counts once its thread has waited for {@value #GRACE_MILLIS} ms,
 * and longer than its bytes take at 512 KiB/s, so that quick bodies never count. When all places are taken, a caller
 * without one gets a place of the caller that has most. {@link #sweep} must be called every {@value #SWEEP_MILLIS} ms.
 *
 * <p>A thread that waits for bytes is freed by interrupting it, never while it does anything else. Thread-safe.
 */
public final class BodyReadLimiter {

    /** How often to call {@link #sweep}, in milliseconds. */
    public static final long SWEEP_MILLIS = 50;

    private static final long GRACE_MILLIS = 100;
    private static final long GRACE_NANOS = GRACE_MILLIS * 1_000_000;
    private static final long NANOS_PER_BYTE = 1_000_000_000 / (512 * 1024);

    /**
     * What bodies may be.
     *
     * @param perCaller how many of one caller may be waited for
     * @param perNode how many of all callers may be waited for
     * @param leastBytesPerSecond how fast they must come, on average over each {@code idle}
     * @param idle the longest without a byte
     */
    public record Bounds(int perCaller, int perNode, long leastBytesPerSecond, Duration idle) {}

    /** Why a body was not taken. */
    public enum Refusal {
        /** It came too slowly. */
        TOO_SLOW,
        /** Its caller has too many under way. */
        TOO_MANY_OF_CALLER,
        /** There are too many under way. */
        TOO_MANY
    }

    private final Bounds bounds;
    private final LongSupplier clock;
    private final Set<TrackedBody> underWay = ConcurrentHashMap.newKeySet();
    private final LongAdder ended = new LongAdder();
    private volatile Map<String, Integer> heldBy = Map.of();
    private volatile int held;

    /**
     * @param bounds what bodies may be
     * @param clock nanoseconds of a steady clock
     */
    public BodyReadLimiter(Bounds bounds, LongSupplier clock) {
        this.bounds = bounds;
        this.clock = clock;
    }

    /** Returns why a body of this caller must not begin now; empty if it may. May end one of a caller that has more. */
    public Optional<Refusal> refusal(String caller) {
        int own = heldBy.getOrDefault(caller, 0);
        if (own >= bounds.perCaller()) {
            return Optional.of(Refusal.TOO_MANY_OF_CALLER);
        }
        if (held < bounds.perNode() || makeRoom(caller)) {
            return Optional.empty();
        }
        return Optional.of(Refusal.TOO_MANY);
    }

    /** Ends the youngest body of the caller that has most, if that leaves it no fewer than this one has then. */
    private synchronized boolean makeRoom(String caller) {
        Map<String, List<TrackedBody>> byCaller = oldestFirstByCaller();
        int own = byCaller.getOrDefault(caller, List.of()).size();
        List<TrackedBody> most = most(byCaller);
        if (most.size() < own + 2) {
            return false;
        }
        end(most.remove(most.size() - 1), Refusal.TOO_MANY);
        count(byCaller);
        return true;
    }

    /**
     * Begins a body, on the thread that will read it to its end and close this.
     *
     * @param caller whose it is
     */
    public TrackedBody begin(String caller) {
        TrackedBody reading = new TrackedBody(caller, Thread.currentThread(), clock, underWay::remove);
        underWay.add(reading);
        return reading;
    }

    /** Ends bodies that are too slow or too many: of one caller's the youngest, of all those of the callers that have most. */
    public synchronized void sweep() {
        if (underWay.isEmpty() && held == 0) {
            return;
        }
        long now = clock.getAsLong();
        long idle = bounds.idle().toNanos();
        long least = Math.max(1, bounds.leastBytesPerSecond() * bounds.idle().toMillis() / 1_000);
        Map<String, List<TrackedBody>> byCaller = oldestFirstByCaller();
        for (List<TrackedBody> ofCaller : byCaller.values()) {
            while (ofCaller.size() > bounds.perCaller()) {
                end(ofCaller.remove(ofCaller.size() - 1), Refusal.TOO_MANY_OF_CALLER);
            }
            for (Iterator<TrackedBody> readings = ofCaller.iterator(); readings.hasNext(); ) {
                TrackedBody reading = readings.next();
                if (reading.isSlow(now, idle, least)) {
                    end(reading, Refusal.TOO_SLOW);
                    readings.remove();
                }
            }
        }
        int all = byCaller.values().stream().mapToInt(List::size).sum();
        for (int i = bounds.perNode(); i < all; i++) {
            List<TrackedBody> most = most(byCaller);
            end(most.remove(most.size() - 1), Refusal.TOO_MANY);
        }
        count(byCaller);
    }

    /** Returns the bodies that count, by caller. */
    private Map<String, List<TrackedBody>> oldestFirstByCaller() {
        long now = clock.getAsLong();
        return underWay.stream()
                .filter(reading -> reading.hasWaited(now, NANOS_PER_BYTE) >= GRACE_NANOS
                        && reading.endedBy().isEmpty())
                .sorted(Comparator.comparingLong(reading -> reading.begun() - now))
                .collect(Collectors.groupingBy(TrackedBody::caller, Collectors.toCollection(ArrayList::new)));
    }

    private static List<TrackedBody> most(Map<String, List<TrackedBody>> byCaller) {
        return byCaller.values().stream()
                .max(Comparator.comparingInt(List::size))
                .orElse(List.of());
    }

    private void count(Map<String, List<TrackedBody>> byCaller) {
        Map<String, Integer> counted = new HashMap<>();
        byCaller.forEach((caller, readings) -> counted.put(caller, readings.size()));
        heldBy = Map.copyOf(counted);
        held = counted.values().stream().mapToInt(Integer::intValue).sum();
    }

    private void end(TrackedBody reading, Refusal why) {
        if (reading.end(why)) {
            ended.increment();
        }
    }

    /** Returns the bounds. */
    public Bounds bounds() {
        return bounds;
    }

    /** Returns how many bodies under way count, as of the last sweep. */
    public int waitedFor() {
        return held;
    }

    /** Returns how many bodies are under way. */
    public int underWay() {
        return underWay.size();
    }

    /** Returns how many bodies were cut off since the start. */
    public long ended() {
        return ended.sum();
    }
}
