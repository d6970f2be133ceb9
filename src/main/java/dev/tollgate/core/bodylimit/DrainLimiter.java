package dev.tollgate.core.bodylimit;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * A limit on the connections that are kept open while the rest of an answered request's body arrives. Each costs a socket
 * and no thread. A connection beyond the limit is closed at once, since its answer has been sent. Thread-safe.
 */
public final class DrainLimiter {

    /** The attribute of an application's context that holds its limiter, on servers that need one. */
    public static final String ATTRIBUTE = DrainLimiter.class.getName();

    /**
     * The bounds on servers: a body that waits here for seconds is not announced anew at once, and costs some 8 KB. HTTP/2 clients
     * open 100 streams per connection. Many clients read no answer before they have sent all, so more than the largest upload is
     * read.
     */
    public static final Bounds BOUNDS =
            new Bounds(100, 1_000, 6_000, Duration.ofSeconds(5), Duration.ofSeconds(30), 256L * 1024 * 1024);

    /**
     * How many bodies may wait at once. Each bound is at least 1.
     *
     * @param perConnection of one connection; HTTP/2 has many streams on one
     * @param perAddress of one address
     * @param perNode of all
     * @param idle how long one may be silent
     * @param longest how long one may take in all
     * @param bytes how much of one is read
     */
    public record Bounds(int perConnection, int perAddress, int perNode, Duration idle, Duration longest, long bytes) {}

    /** One body that is waited for; closing it twice does nothing. */
    public final class Slot implements AutoCloseable {
        private final String address;
        private final Object connection;
        private boolean closed;

        private Slot(String address, Object connection) {
            this.address = address;
            this.connection = connection;
        }

        @Override
        public void close() {
            synchronized (DrainLimiter.this) {
                if (!closed) {
                    closed = true;
                    waiting--;
                    byAddress.computeIfPresent(address, DrainLimiter::less);
                    byConnection.computeIfPresent(connection, DrainLimiter::less);
                }
            }
        }
    }

    private final Bounds bounds;
    private final Map<String, Integer> byAddress = new HashMap<>();
    private final Map<Object, Integer> byConnection = new HashMap<>();
    private final LongAdder cut = new LongAdder();
    private int waiting;

    /** Makes an instance with the given bounds. */
    public DrainLimiter(Bounds bounds) {
        this.bounds = bounds;
    }

    /**
     * Asks for room to wait for a body.
     *
     * @param address the client's address
     * @param connection the client's connection, by {@code equals}
     * @return the room, to be closed when the body has ended; null if there is none
     */
    public synchronized @Nullable Slot tryAcquire(String address, Object connection) {
        if (waiting >= bounds.perNode()
                || byAddress.getOrDefault(address, 0) >= bounds.perAddress()
                || byConnection.getOrDefault(connection, 0) >= bounds.perConnection()) {
            cut.increment();
            return null;
        }
        waiting++;
        byAddress.merge(address, 1, Integer::sum);
        byConnection.merge(connection, 1, Integer::sum);
        return new Slot(address, connection);
    }

    private static <K> @Nullable Integer less(K key, int count) {
        return count == 1 ? null : count - 1;
    }

    /** Returns the bounds. */
    public Bounds bounds() {
        return bounds;
    }

    /** Notes that a body was cut off that had room, since it was too slow or too long. */
    public void cutOff() {
        cut.increment();
    }

    /** Returns how many bodies are awaited now. */
    public synchronized int waiting() {
        return waiting;
    }

    /** Returns how many bodies were cut off since the start. */
    public long cut() {
        return cut.sum();
    }
}
