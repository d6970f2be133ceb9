package dev.tollgate.intake;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * Bounds the request bodies under way, each of which holds a thread of the server: how slow one may be, and how many there may be
 * of one caller and in all. A body counts from its second second on, so that any number of small ones passes; of more than
 * the bound begun in the same second, the youngest are ended. {@link #sweep} must be called about twice a second.
 *
 * <p>A thread that waits for bytes is freed by interrupting it, never while it does anything else. Thread-safe.
 */
public final class Intake {

    /**
     * What bodies may be.
     *
     * @param perCaller how many of one caller may last
     * @param perNode how many of all callers may last
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

    private static final long LASTS_NANOS = 1_000_000_000;

    private final Bounds bounds;
    private final LongSupplier clock;
    private final Set<Reading> underWay = ConcurrentHashMap.newKeySet();
    private final LongAdder ended = new LongAdder();
    private volatile Map<String, Integer> lastingOf = Map.of();
    private volatile int lasting;

    /**
     * @param bounds what bodies may be
     * @param clock nanoseconds of a steady clock
     */
    public Intake(Bounds bounds, LongSupplier clock) {
        this.bounds = bounds;
        this.clock = clock;
    }

    /** Why a body of this caller must not begin now; empty if it may. */
    public Optional<Refusal> refusal(String caller) {
        if (lasting >= bounds.perNode()) {
            return Optional.of(Refusal.TOO_MANY);
        }
        return lastingOf.getOrDefault(caller, 0) >= bounds.perCaller()
                ? Optional.of(Refusal.TOO_MANY_OF_CALLER)
                : Optional.empty();
    }

    /**
     * Begins a body, on the thread that will read it to its end and close this.
     *
     * @param caller whose it is
     */
    public Reading begin(String caller) {
        Reading reading = new Reading(caller, Thread.currentThread(), clock, underWay::remove);
        underWay.add(reading);
        return reading;
    }

    /** Ends bodies that are too slow or too many. */
    public void sweep() {
        long now = clock.getAsLong();
        long idle = bounds.idle().toNanos();
        long least = Math.max(1, bounds.leastBytesPerSecond() * bounds.idle().toMillis() / 1_000);
        List<Reading> oldestFirst = underWay.stream()
                .filter(reading -> now - reading.begun() >= LASTS_NANOS)
                .sorted(Comparator.comparingLong(reading -> reading.begun() - now))
                .toList();
        Map<String, Integer> counted = new HashMap<>();
        int all = 0;
        for (Reading reading : oldestFirst) {
            int ofCaller = counted.getOrDefault(reading.caller(), 0);
            if (all >= bounds.perNode()) {
                end(reading, Refusal.TOO_MANY);
            } else if (ofCaller >= bounds.perCaller()) {
                end(reading, Refusal.TOO_MANY_OF_CALLER);
            } else if (reading.isSlow(now, idle, least)) {
                end(reading, Refusal.TOO_SLOW);
            } else {
                all++;
                counted.put(reading.caller(), ofCaller + 1);
            }
        }
        lastingOf = Map.copyOf(counted);
        lasting = all;
    }

    private void end(Reading reading, Refusal why) {
        if (reading.end(why)) {
            ended.increment();
        }
    }

    /** What bodies may be. */
    public Bounds bounds() {
        return bounds;
    }

    /** Bodies under way. */
    public int underWay() {
        return underWay.size();
    }

    /** Bodies ended before their end, since the start. */
    public long ended() {
        return ended.sum();
    }
}
