package dev.tollgate.core.lease;

/** The two clocks of a node. Thread-safe. */
public interface NodeClock {

    /** Returns the monotonic clock in nanoseconds, of any origin. It may stand still while the machine is suspended. */
    long nanos();

    /** Returns the wall clock in milliseconds since the epoch. It may step. */
    long millis();
}
