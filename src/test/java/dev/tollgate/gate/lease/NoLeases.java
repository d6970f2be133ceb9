package dev.tollgate.gate.lease;

import dev.tollgate.core.limit.GateStore;
import java.time.Duration;

/** Leases of no length, so that the store decides about each request. */
public final class NoLeases {

    private NoLeases() {}

    /** Returns leases that admit nothing. */
    public static Leases of(GateStore store) {
        return new Leases(store, new SystemClock(), (task, millis) -> {}, Duration.ZERO, 1, "none");
    }
}
