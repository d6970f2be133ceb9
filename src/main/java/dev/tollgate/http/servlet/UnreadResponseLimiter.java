package dev.tollgate.http.servlet;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A bound on the answers of one connection that wait to be read. A permit counts until it is released, and for the longest
 * time that an answer may take at most. Servers do not report the end of each answer: Payara reports none for a stream that
 * its client reset. Without the time bound such a connection would be refused for ever. Thread-safe.
 */
final class UnreadResponseLimiter {

    private final int maxPerConnection;
    private final long longestNanos;
    private final Ticker ticker;
    private final Cache<String, List<Permit>> byConnection;

    /**
     * @param most how many answers of a connection may wait at the same time, at least 1
     * @param longest how long an answer may take; after it the place is free, whatever was reported
     */
    UnreadResponseLimiter(int most, Duration longest, Ticker ticker) {
        this.maxPerConnection = most;
        this.longestNanos = longest.toNanos();
        this.ticker = ticker;
        // A connection may end without a report, so entries expire.
        this.byConnection = Caffeine.newBuilder()
                .expireAfterWrite(longest)
                .ticker(ticker)
                .executor(Runnable::run)
                .build();
    }

    /** Takes one of the connection's places; null if it has none left. */
    @Nullable
    Permit tryAcquire(String connection) {
        Permit permit = new Permit(ticker.read());
        List<Permit> taken = byConnection.asMap().compute(connection, (name, before) -> {
            List<Permit> held = before == null
                    ? List.of()
                    : before.stream()
                            .filter(other -> other.isTaken(permit.takenNanos))
                            .toList();
            return held.size() < maxPerConnection
                    ? Stream.concat(held.stream(), Stream.of(permit)).toList()
                    : held;
        });
        return taken.contains(permit) ? permit : null;
    }

    /** How many connections have places taken, or had until lately. For tests. */
    long connections() {
        byConnection.cleanUp();
        return byConnection.estimatedSize();
    }

    /** One answer's place; giving it back twice is giving it back once. */
    final class Permit {
        private final long takenNanos;
        private final AtomicBoolean over = new AtomicBoolean();

        private Permit(long takenNanos) {
            this.takenNanos = takenNanos;
        }

        /** Says that the answer has been read, or never will be. */
        void release() {
            over.set(true);
        }

        private boolean isTaken(long nowNanos) {
            return !over.get() && nowNanos - takenNanos < longestNanos;
        }
    }
}
