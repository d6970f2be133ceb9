package dev.tollgate.redis.batch;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.redisson.api.RedissonClient;

/** The two lanes of flights that a node has: requests must never stand in line behind work that can wait. */
public final class Lanes {

    /** Two with whoever waits: one more than what a stuck flight takes. docs/benchmarks.md tells what the others bring. */
    public static final Flights.Slots GATE_SLOTS = new Flights.Slots(2, 4, 16, 128);

    private static final int GATE_LINE = 10_000;
    private static final Flights.Slots WORK_SLOTS = Flights.Slots.of(2, 512);
    private static final int WORK_LINE = 50_000;
    private static final Duration WORK_PATIENCE = Duration.ofSeconds(2);

    private Lanes() {}

    /**
     * Decisions: short patience, a short line.
     *
     * @param patience the longest a request waits, however busy this node is. Callers give up by themselves as soon as Redis is
     *     silent for the budget; a flight is given up with the last of them
     */
    public static Flights gate(RedissonClient redisson, Duration patience, BooleanSupplier open, Latency latency) {
        return new Flights(redisson, GATE_SLOTS, GATE_LINE, patience, patience, open, latency);
    }

    /** Recording, settlement, analytics, edits. */
    public static Flights work(RedissonClient redisson, BooleanSupplier open, Latency latency) {
        return new Flights(redisson, WORK_SLOTS, WORK_LINE, WORK_PATIENCE, WORK_PATIENCE, open, latency);
    }
}
