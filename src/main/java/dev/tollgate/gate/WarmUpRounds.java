package dev.tollgate.gate;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Rounds of the same work at the start, repeated until they stop getting faster. */
public final class WarmUpRounds {

    /** Rounds in a row that took no less than the fastest, by a twentieth: warm. */
    private static final int NO_FASTER = 40;

    private WarmUpRounds() {}

    /**
     * Repeats a round until it stops getting faster, fails, or the time is over.
     *
     * @param atMost begins no further round after that time
     * @param round returns false if it failed
     */
    public static void run(Duration atMost, BooleanSupplier round) {
        long end = System.nanoTime() + atMost.toNanos();
        long best = Long.MAX_VALUE;
        int noFaster = 0;
        for (long now = System.nanoTime(); now < end && noFaster < NO_FASTER; ) {
            if (!round.getAsBoolean()) {
                return;
            }
            long took = System.nanoTime() - now;
            noFaster = took < best - best / 20 ? 0 : noFaster + 1;
            best = Math.min(best, took);
            now += took;
        }
    }
}
