package dev.tollgate.core.lease;

/** Clocks that a test sets. Each look at the monotonic clock can move both on. */
final class TestClock implements NodeClock {

    private volatile long nanos = -5_000_000_000L;
    private volatile long millis = 1_800_000_000_000L;
    private volatile long passesAtNextLook;

    void pass(long span) {
        nanos += span * 1_000_000;
        millis += span;
    }

    void passNanos(long span) {
        nanos += span;
    }

    /** Steps the wall clock alone, as a correction of it or a suspended machine does. */
    void stepWall(long span) {
        millis += span;
    }

    /** Lets time pass between the next two looks at the clocks: the thread is stopped there. */
    void stopAfterNextLook(long span) {
        passesAtNextLook = span;
    }

    @Override
    public long nanos() {
        long now = nanos;
        if (passesAtNextLook != 0) {
            nanos += passesAtNextLook * 1_000_000;
            passesAtNextLook = 0;
        }
        return now;
    }

    @Override
    public long millis() {
        return millis;
    }
}
