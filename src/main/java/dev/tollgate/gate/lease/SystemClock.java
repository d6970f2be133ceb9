package dev.tollgate.gate.lease;

import dev.tollgate.core.lease.NodeClock;

/** The clocks of this process. Thread-safe. */
public final class SystemClock implements NodeClock {

    @Override
    public long nanos() {
        return System.nanoTime();
    }

    @Override
    public long millis() {
        return System.currentTimeMillis();
    }
}
