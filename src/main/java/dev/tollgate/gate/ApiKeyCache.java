package dev.tollgate.gate;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.stats.CacheStats;
import dev.tollgate.core.account.AccountDirectory;
import dev.tollgate.core.account.DatabaseUnavailableException;
import dev.tollgate.core.account.KeyCache;
import dev.tollgate.core.account.KeyCache.Cached;
import dev.tollgate.core.account.ResolvedKey;
import dev.tollgate.core.async.Failures;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * A cache of API keys that resolves the hash of a presented key: from memory, then from Redis, then from PostgreSQL.
 *
 * <p>Known and unknown hashes have separate bounds, so invented keys cannot evict real ones. Concurrent look-ups of one hash
 * share one. Few look-ups reach the database at a time. Thread-safe.
 */
public final class ApiKeyCache {

    /** Edits reach every node by message and edition; this bounds what a node believes if both were lost. */
    private static final Duration KNOWN_FOR = Duration.ofMinutes(5);

    private static final Duration UNKNOWN_FOR = Duration.ofSeconds(60);
    private static final int DATABASE_LOOKUPS = 8;
    /** As seals allow for: see {@code redis.seal.Sealing.SKEW}. */
    private static final long CLOCKS_DIFFER_MILLIS = 10_000;

    /**
     * Twenty look-ups a second per node are let through for addresses out of guesses, so that one guesser behind an office's
     * NAT cannot lock its neighbours' good keys out, and still cannot flood the database.
     */
    private static final long INTERVAL_NANOS = 50_000_000;

    /** The same before Redis, for addresses this node knows to be banned: a thousand a second, whatever comes in. */
    private static final long BANNED_INTERVAL_NANOS = 1_000_000;

    private final KeyCache shared;
    private final AccountDirectory directory;
    private final Duration budget;
    private final Duration databaseBudget;
    private final Cache<String, ResolvedKey> known;
    private final Cache<String, Boolean> unknown;
    private final ConcurrentHashMap<String, CompletableFuture<Optional<ResolvedKey>>> lookups =
            new ConcurrentHashMap<>();
    private final AtomicLong edits = new AtomicLong();
    private final IntervalLimiter toDatabase = new IntervalLimiter(INTERVAL_NANOS);
    private final IntervalLimiter toRedis = new IntervalLimiter(BANNED_INTERVAL_NANOS);
    private final Semaphore database = new Semaphore(DATABASE_LOOKUPS);
    private final LongSupplier clock;
    private final KeyEditTimes editTimes;

    /**
     * @param shared Redis
     * @param directory PostgreSQL
     * @param budget the longest a trip to Redis may take
     * @param databaseBudget the longest to wait for a place at the database
     * @param capacity how many known, and how many unknown, hashes are remembered
     */
    public ApiKeyCache(
            KeyCache shared, AccountDirectory directory, Duration budget, Duration databaseBudget, int capacity) {
        this(shared, directory, budget, databaseBudget, capacity, System::currentTimeMillis);
    }

    /** The same on another clock, milliseconds since the epoch. */
    ApiKeyCache(
            KeyCache shared,
            AccountDirectory directory,
            Duration budget,
            Duration databaseBudget,
            int capacity,
            LongSupplier clock) {
        this.clock = clock;
        this.editTimes = new KeyEditTimes(CLOCKS_DIFFER_MILLIS, clock);
        this.shared = shared;
        this.directory = directory;
        this.budget = budget;
        this.databaseBudget = databaseBudget;
        this.known = Caffeine.newBuilder()
                .maximumSize(capacity)
                .expireAfterWrite(KNOWN_FOR)
                .recordStats()
                .build();
        this.unknown = Caffeine.newBuilder()
                .maximumSize(capacity)
                .expireAfterWrite(UNKNOWN_FOR)
                .recordStats()
                .build();
    }

    /** Why a look-up did not go to the database: the caller may not ask any more. */
    public static final class LookupRefusedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        LookupRefusedException() {
            super("the address has used up its guesses", null, false, false);
        }
    }

    /**
     * Finds the key of a hash.
     *
     * @param hash as {@link dev.tollgate.core.account.ApiKeyToken#hash(String)} gives it
     * @param banned asked before Redis is: true, from this node's memory alone, leaves the look-up to a trickle
     * @param mayAsk asked before the database is: false leaves the look-up to a trickle shared by all who guessed enough
     * @return empty if no such key exists
     * @throws DatabaseUnavailableException if neither Redis nor PostgreSQL can say
     * @throws LookupRefusedException if the address may not ask and nothing trickled through
     */
    public Optional<ResolvedKey> find(String hash, BooleanSupplier banned, BooleanSupplier mayAsk) {
        ResolvedKey remembered = known.getIfPresent(hash);
        if (remembered != null) {
            return Optional.of(remembered);
        }
        if (unknown.getIfPresent(hash) != null) {
            return Optional.empty();
        }
        CompletableFuture<Optional<ResolvedKey>> mine = new CompletableFuture<>();
        CompletableFuture<Optional<ResolvedKey>> first = lookups.putIfAbsent(hash, mine);
        if (first != null) {
            return join(first);
        }
        try {
            // After joining, which costs no trip: of two requests at once with a good key, the second was refused.
            if (banned.getAsBoolean() && !toRedis.tryAcquire()) {
                throw new LookupRefusedException();
            }
            Optional<ResolvedKey> found = lookUp(hash, mayAsk);
            mine.complete(found);
            return found;
        } catch (RuntimeException e) {
            mine.completeExceptionally(e);
            throw e;
        } finally {
            lookups.remove(hash, mine);
        }
    }

    private static Optional<ResolvedKey> join(CompletableFuture<Optional<ResolvedKey>> lookup) {
        try {
            return lookup.join();
        } catch (CompletionException e) {
            throw Failures.unwrap(e) instanceof RuntimeException cause ? cause : e;
        }
    }

    private Optional<ResolvedKey> lookUp(String hash, BooleanSupplier mayAsk) {
        long before = edits.get();
        Optional<ResolvedKey> found = trusted(hash, mayAsk);
        found.ifPresentOrElse(key -> known.put(hash, key), () -> unknown.put(hash, Boolean.TRUE));
        if (edits.get() != before) {
            // An edit came during the read, so the key may be outdated. It serves this request and is not cached.
            known.invalidate(hash);
            unknown.invalidate(hash);
        }
        return found;
    }

    private Optional<ResolvedKey> trusted(String hash, BooleanSupplier mayAsk) {
        Optional<Cached> cached = fromRedis(hash);
        KeyEditTimes.Trust trust = cached.map(
                        found -> editTimes.of(hash, found.known().key().accountId(), found.asOfMillis()))
                .orElse(KeyEditTimes.Trust.OUTDATED);
        if (trust == KeyEditTimes.Trust.CONFIRMED) {
            return cached.map(Cached::known);
        }
        // Only an unknown key can be a guess. An outdated key in Redis has a valid seal, so a node once found it.
        if (cached.isEmpty() && !mayAsk.getAsBoolean() && !toDatabase.tryAcquire()) {
            throw new LookupRefusedException();
        }
        long asOf = clock.getAsLong();
        try {
            Optional<ResolvedKey> found = fromDatabase(hash);
            found.ifPresent(key -> shared.fill(hash, key, asOf));
            return found;
        } catch (DatabaseUnavailableException e) {
            if (trust == KeyEditTimes.Trust.OUTDATED) {
                throw e;
            }
            return cached.map(Cached::known);
        }
    }

    /** Redis's answer, or nothing if it has none in time: the database knows as well. */
    private Optional<Cached> fromRedis(String hash) {
        try {
            return shared.find(hash).toCompletableFuture().get(budget.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } catch (ExecutionException | TimeoutException e) {
            return Optional.empty();
        }
    }

    private Optional<ResolvedKey> fromDatabase(String hash) {
        try {
            if (!database.tryAcquire(databaseBudget.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new DatabaseUnavailableException(new TimeoutException("too many look-ups at once"));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DatabaseUnavailableException(e);
        }
        try {
            return directory.findByHash(hash);
        } finally {
            database.release();
        }
    }

    /** How this node's memory of keys does. */
    public CacheCounters counts() {
        CacheStats first = known.stats();
        CacheStats second = unknown.stats();
        return new CacheCounters(
                first.hitCount() + second.hitCount(),
                second.missCount(),
                first.evictionCount() + second.evictionCount(),
                known.estimatedSize() + unknown.estimatedSize());
    }

    /** Returns the account of a hash whose key is remembered. */
    public Optional<String> accountOf(String hash) {
        return Optional.ofNullable(known.getIfPresent(hash))
                .map(key -> key.key().accountId());
    }

    /** Forgets one hash: its key changed. */
    public void forget(String hash) {
        edits.incrementAndGet();
        editTimes.edited(hash);
        known.invalidate(hash);
        unknown.invalidate(hash);
    }

    /** Forgets which hashes are unknown: some may be known now. */
    public void forgetUnknown() {
        edits.incrementAndGet();
        unknown.invalidateAll();
    }

    /** Forgets an account's keys: the account changed. */
    public void forgetAccount(String accountId) {
        edits.incrementAndGet();
        editTimes.edited(accountId);
        known.asMap().values().removeIf(key -> key.key().accountId().equals(accountId));
    }

    /** Forgets everything: changes may have been missed. */
    public void forgetAll() {
        edits.incrementAndGet();
        editTimes.missed();
        known.invalidateAll();
        unknown.invalidateAll();
    }

    /** Lets one through per interval and none that waits for it. */
    private static final class IntervalLimiter {
        private final long nanos;
        private final AtomicLong last;

        IntervalLimiter(long nanos) {
            this.nanos = nanos;
            this.last = new AtomicLong(System.nanoTime() - nanos);
        }

        boolean tryAcquire() {
            long now = System.nanoTime();
            long before = last.get();
            return now - before >= nanos && last.compareAndSet(before, now);
        }
    }
}
