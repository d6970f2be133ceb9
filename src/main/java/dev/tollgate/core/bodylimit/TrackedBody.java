package dev.tollgate.core.bodylimit;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One request body being read. The thread that reads it uses it, and so does the sweep of its {@link BodyReadLimiter}. The
 * sweep may end it: then the current or the next read fails.
 */
public final class TrackedBody implements AutoCloseable {

    private final String caller;
    private final Thread thread;
    private final LongSupplier clock;
    private final Consumer<TrackedBody> over;
    private final long begun;
    private long periodBegan;
    private long inPeriod;
    private boolean waiting;
    private long waitBegan;
    private long waited;
    private long came;
    private boolean interrupted;
    private BodyReadLimiter.@Nullable Refusal why;

    TrackedBody(String caller, Thread thread, LongSupplier clock, Consumer<TrackedBody> over) {
        this.caller = caller;
        this.thread = thread;
        this.clock = clock;
        this.over = over;
        this.begun = clock.getAsLong();
        this.periodBegan = begun;
    }

    String caller() {
        return caller;
    }

    long begun() {
        return begun;
    }

    /** Returns why it was ended; empty if it was not. */
    public synchronized Optional<BodyReadLimiter.Refusal> endedBy() {
        return Optional.ofNullable(why);
    }

    /** Returns the same bytes, watched. */
    public InputStream watched(InputStream body) {
        return new FilterInputStream(body) {
            @Override
            public int read() throws IOException {
                await();
                int read = -1;
                try {
                    read = in.read();
                } finally {
                    came(read < 0 ? 0 : 1);
                }
                return read;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                await();
                int read = -1;
                try {
                    read = in.read(bytes, offset, length);
                } finally {
                    came(Math.max(0, read));
                }
                return read;
            }

            @Override
            public long skip(long n) throws IOException {
                return n <= 0 ? 0 : readNBytes((int) Math.min(n, 8_192)).length;
            }
        };
    }

    /** Notes that this thread begins to wait for bytes. */
    synchronized void await() throws IOException {
        if (why != null) {
            throw new InterruptedIOException("the body was ended: " + why);
        }
        waiting = true;
        waitBegan = clock.getAsLong();
    }

    /** Returns how long the thread has waited for bytes in all, in nanoseconds, less what is due for those that came. */
    synchronized long hasWaited(long now, long nanosPerByte) {
        return (waiting ? waited + now - waitBegan : waited) - came * nanosPerByte;
    }

    private synchronized void came(int bytes) {
        waiting = false;
        waited += clock.getAsLong() - waitBegan;
        inPeriod += bytes;
        came += bytes;
        if (interrupted) {
            // It was for the read that is over, not for whatever this thread does next.
            Thread.interrupted();
            interrupted = false;
        }
    }

    /** Returns whether too little came in the period that ends now, if one does; the next one begins then. */
    synchronized boolean isSlow(long now, long periodNanos, long least) {
        if (now - periodBegan < periodNanos) {
            return false;
        }
        // Whose thread is not waiting for bytes is being slow ourselves.
        boolean slow = waiting && inPeriod < least;
        periodBegan = now;
        inPeriod = 0;
        return slow;
    }

    synchronized boolean end(BodyReadLimiter.Refusal reason) {
        if (why != null) {
            return false;
        }
        why = reason;
        if (waiting) {
            interrupted = true;
            thread.interrupt();
        }
        return true;
    }

    @Override
    public void close() {
        over.accept(this);
    }
}
