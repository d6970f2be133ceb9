package dev.tollgate.core.analytics;

import dev.tollgate.core.async.Failures;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A single-flight loader: one caller loads a value while all others that want the same value wait for it.
 *
 * <p>Tickets give the order, not a clock. A caller's arrival reads the counter; the start and the end of a load raise it.
 * So a load whose ticket is above a caller's arrival began after the caller arrived.
 *
 * <p>The loader keeps the loads under way and a table of fixed size with the ticket of the last load that ended per slot.
 * Two keys can share a slot. Then {@link #join} asks a caller to look once more than necessary. Thread-safe.
 *
 * @param <K> what tells things apart
 * @param <V> what is loaded
 */
final class SingleFlight<K, V> {

    private static final int SLOTS = 1024;

    private record Load<V>(long ticket, CompletableFuture<Optional<V>> result) {}

    private final ConcurrentHashMap<K, Load<V>> underWay = new ConcurrentHashMap<>();
    private final AtomicLong tickets = new AtomicLong();
    private final AtomicLongArray lastEnded = new AtomicLongArray(SLOTS);
    private final long patienceMillis;
    private final Function<Throwable, RuntimeException> givenUp;

    /**
     * @param patienceMillis how long to wait for another caller's load, milliseconds
     * @param givenUp makes what is thrown when that was not long enough
     */
    SingleFlight(long patienceMillis, Function<Throwable, RuntimeException> givenUp) {
        this.patienceMillis = patienceMillis;
        this.givenUp = givenUp;
    }

    /** Returns the ticket of the present. */
    long arrive() {
        return tickets.get();
    }

    /**
     * Loads, or waits for the load under way, whenever it began.
     *
     * @param arrival a ticket from before the caller looked where loads leave their result
     * @return empty if a load may have ended since, so that the caller must look again before it loads
     */
    Optional<V> join(K key, long arrival, Supplier<V> load) {
        Load<V> mine = new Load<>(tickets.incrementAndGet(), new CompletableFuture<>());
        Load<V> theirs = underWay.putIfAbsent(key, mine);
        if (theirs != null) {
            return await(theirs);
        }
        // The end of a load is noted before the load leaves the map, so an earlier end is visible here.
        if (lastEnded.get(slot(key)) > arrival) {
            underWay.remove(key, mine);
            mine.result.complete(Optional.empty());
            return Optional.empty();
        }
        return Optional.of(run(key, mine, load));
    }

    /** Loads, or waits for a load that began after the caller arrived. */
    V joinLater(K key, long arrival, Supplier<V> load) {
        while (true) {
            Load<V> mine = new Load<>(tickets.incrementAndGet(), new CompletableFuture<>());
            Load<V> theirs = underWay.putIfAbsent(key, mine);
            if (theirs == null) {
                return run(key, mine, load);
            }
            Optional<V> loaded = theirs.ticket > arrival ? await(theirs) : awaitAny(theirs);
            if (loaded.isPresent()) {
                return loaded.get();
            }
        }
    }

    private V run(K key, Load<V> mine, Supplier<V> load) {
        try {
            V loaded = load.get();
            lastEnded.set(slot(key), tickets.incrementAndGet());
            mine.result.complete(Optional.of(loaded));
            return loaded;
        } catch (RuntimeException | Error e) {
            mine.result.completeExceptionally(e);
            throw e;
        } finally {
            underWay.remove(key, mine);
        }
    }

    private Optional<V> awaitAny(Load<V> other) {
        try {
            await(other);
        } catch (RuntimeException e) {
            // The load is too old to use, so its failure does not matter either.
        }
        return Optional.empty();
    }

    private Optional<V> await(Load<V> other) {
        try {
            return other.result.get(patienceMillis, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            Throwable failure = Failures.unwrap(e);
            throw failure instanceof RuntimeException unchecked ? unchecked : new CompletionException(failure);
        } catch (TimeoutException e) {
            throw givenUp.apply(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw givenUp.apply(e);
        }
    }

    private static int slot(Object key) {
        int hash = key.hashCode();
        return (hash ^ hash >>> 16) & SLOTS - 1;
    }
}
