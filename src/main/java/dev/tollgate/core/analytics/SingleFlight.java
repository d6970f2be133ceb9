package dev.tollgate.core.analytics;

import dev.tollgate.core.problem.Failures;
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

    private static final int PLACES = 1024;

    private record Flight<V>(long ticket, CompletableFuture<Optional<V>> landing) {}

    private final ConcurrentHashMap<K, Flight<V>> inTheAir = new ConcurrentHashMap<>();
    private final AtomicLong tickets = new AtomicLong();
    private final AtomicLongArray landings = new AtomicLongArray(PLACES);
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

    /** The present. */
    long arrive() {
        return tickets.get();
    }

    /**
     * Loads, or waits for the load in the air, however long ago that began.
     *
     * @param arrival from before the caller looked where landed loads leave their result
     * @return empty if a load may have landed since that look, so that another look is due before another load
     */
    Optional<V> join(K key, long arrival, Supplier<V> load) {
        Flight<V> mine = new Flight<>(tickets.incrementAndGet(), new CompletableFuture<>());
        Flight<V> theirs = inTheAir.putIfAbsent(key, mine);
        if (theirs != null) {
            return await(theirs);
        }
        // Landings are noted before their flight leaves the map, so having got in, whatever landed before is seen here.
        if (landings.get(place(key)) > arrival) {
            inTheAir.remove(key, mine);
            mine.landing.complete(Optional.empty());
            return Optional.empty();
        }
        return Optional.of(fly(key, mine, load));
    }

    /** Loads, or waits for a load that began after the caller arrived. */
    V joinLater(K key, long arrival, Supplier<V> load) {
        while (true) {
            Flight<V> mine = new Flight<>(tickets.incrementAndGet(), new CompletableFuture<>());
            Flight<V> theirs = inTheAir.putIfAbsent(key, mine);
            if (theirs == null) {
                return fly(key, mine, load);
            }
            Optional<V> loaded = theirs.ticket > arrival ? await(theirs) : awaitAny(theirs);
            if (loaded.isPresent()) {
                return loaded.get();
            }
        }
    }

    private V fly(K key, Flight<V> mine, Supplier<V> load) {
        try {
            V loaded = load.get();
            landings.set(place(key), tickets.incrementAndGet());
            mine.landing.complete(Optional.of(loaded));
            return loaded;
        } catch (RuntimeException | Error e) {
            mine.landing.completeExceptionally(e);
            throw e;
        } finally {
            inTheAir.remove(key, mine);
        }
    }

    private Optional<V> awaitAny(Flight<V> flight) {
        try {
            await(flight);
        } catch (RuntimeException e) {
            // Too old a load to use, so its failure is not ours either.
        }
        return Optional.empty();
    }

    private Optional<V> await(Flight<V> flight) {
        try {
            return flight.landing.get(patienceMillis, TimeUnit.MILLISECONDS);
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

    private static int place(Object key) {
        int hash = key.hashCode();
        return (hash ^ hash >>> 16) & PLACES - 1;
    }
}
