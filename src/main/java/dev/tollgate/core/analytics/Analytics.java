package dev.tollgate.core.analytics;

import dev.tollgate.core.account.DatabaseUnavailableException;
import dev.tollgate.core.analytics.ReportCache.Snapshot;
import dev.tollgate.core.analytics.query.DailyQuery;
import dev.tollgate.core.analytics.query.FileTypesQuery;
import dev.tollgate.core.analytics.query.ProvidersQuery;
import dev.tollgate.core.analytics.query.ReportQuery;
import dev.tollgate.core.analytics.query.UploadQuery;
import dev.tollgate.core.usage.KeyUsage;
import dev.tollgate.core.usage.PendingSnapshot;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Reports of an API key's usage, settled and unsettled together. A cache hit costs one round trip to Redis. A miss costs
 * one round trip, a database statement, and one more round trip. Methods block. Thread-safe.
 *
 * <h2>Why an answer is never stale, never counts twice and never goes backwards</h2>
 *
 * <p>At any instant, each request recorded for a key is in exactly one of three places: pending, in the key's only claim
 * (batch {@code b}), or in batches already acknowledged (the last is {@code a}). Batches of one key rise. Each is applied to
 * the database before it is acknowledged. A settled part says up to which batch {@code s} its snapshot was applied. Take one
 * atomic read of Redis that returned {@code a}, the claim and pending, and a settled part with {@code s >= a}. Then the sum
 * of the settled part, the claim if {@code b > s}, and pending is all that was recorded up to the read, each event once:
 *
 * <ul>
 *   <li>acknowledged batches are {@code <= a <= s}: in the settled part, not in Redis;
 *   <li>the claim is in the settled part if and only if {@code b <= s};
 *   <li>what is pending gets a batch above {@code a} and {@code b}. The settled part could hold it only if it was read after
 *       Redis. Here it never is: each read of Redis that is used comes after the snapshot it is added to.
 * </ul>
 *
 * <p>The sum is what was recorded at the instant of the read, and reads follow each other in time. It is not stale, because
 * the read comes after the caller arrived. It does not go backwards, because a caller's next read is later than this one.
 *
 * <p>The age of the settled part does not matter as long as {@code s >= a}. So it may be shared through the cache, and with
 * callers that wait for another caller's statement, even one begun before they arrived: each adds a read of its own, made
 * after the statement ended. If {@code s < a}, a batch has left Redis that the settled part lacks, and the database is read
 * again. A snapshot taken after that has {@code s >= a}, unless the database was restored to an earlier state. Then the
 * answer says that it does not include everything.
 *
 * <p>Without Redis no read can bring an old snapshot up to date. Then no caller gets a snapshot that was begun before it
 * arrived.
 */
public final class Analytics {

    /** The most reads of the cache for one report. Each read after the first means that a settlement came in between. */
    private static final int MAX_READS = 6;

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private record Wanted(String keyId, ReportQuery query) {}

    /**
     * The result of reading the database.
     *
     * @param settled empty if there is no such key
     * @param unsettled what a read of the cache after that returned; null if Redis did not answer
     */
    private record Loaded(
            Optional<SettledUsage> settled, @Nullable PendingSnapshot unsettled) {}

    @FunctionalInterface
    private interface Shape<R> {
        R of(KeyUsage usage, ReportMeta meta);
    }

    private final UsageReports database;
    private final ReportCache cache;
    private final Clock clock;
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final LongAdder withoutRedis = new LongAdder();
    private final SingleFlight<Wanted, Loaded> loads =
            new SingleFlight<>(PATIENCE.toMillis(), DatabaseUnavailableException::new);

    /**
     * @param database the settled usage
     * @param cache cached settled parts and unsettled usage; its stages fail in time by themselves
     * @param clock for {@code generatedAt} and for which day is today, in UTC
     */
    public Analytics(UsageReports database, ReportCache cache, Clock clock) {
        this.database = database;
        this.cache = cache;
        this.clock = clock;
    }

    /** Returns the present UTC day. */
    public LocalDate today() {
        return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    }

    /**
     * Returns a key's totals; empty if there is no such key.
     *
     * @throws DatabaseUnavailableException if the database is needed and cannot be asked
     */
    public Optional<UploadReport> upload(String keyId, UploadQuery query) {
        return answer(keyId, query, (usage, meta) -> UploadReport.of(keyId, query, usage, meta));
    }

    /**
     * Returns a key's days; empty if there is no such key.
     *
     * @throws DatabaseUnavailableException if the database is needed and cannot be asked
     */
    public Optional<DailyReport> daily(String keyId, DailyQuery query) {
        return answer(keyId, query, (usage, meta) -> DailyReport.of(query, usage, today(), meta));
    }

    /**
     * Returns a key's providers; empty if there is no such key.
     *
     * @throws DatabaseUnavailableException if the database is needed and cannot be asked
     */
    public Optional<ProvidersReport> providers(String keyId, ProvidersQuery query) {
        return answer(keyId, query, (usage, meta) -> ProvidersReport.of(query, usage, meta));
    }

    /**
     * Returns a key's file types; empty if there is no such key.
     *
     * @throws DatabaseUnavailableException if the database is needed and cannot be asked
     */
    public Optional<FileTypesReport> fileTypes(String keyId) {
        return answer(keyId, new FileTypesQuery(), FileTypesReport::of);
    }

    /** Returns what is unsettled of a key's usage, without the database; empty if Redis does not answer. */
    public Optional<LiveReport> live(String keyId) {
        return await(cache.unsettled(keyId))
                .map(unsettled -> LiveReport.of(
                        keyId,
                        unsettled.beyond(unsettled.acknowledgedBatch()),
                        today(),
                        new ReportMeta(false, clock.instant(), true)));
    }

    private <R> Optional<R> answer(String keyId, ReportQuery query, Shape<R> shape) {
        Wanted wanted = new Wanted(keyId, query);
        long arrival = loads.arrive();
        SettledUsage shared = null;
        for (int i = 0; i < MAX_READS; i++) {
            long readStart = loads.arrive();
            Snapshot snapshot = await(cache.read(keyId, query)).orElse(null);
            if (snapshot == null) {
                break;
            }
            PendingSnapshot unsettled = snapshot.unsettled();
            SettledUsage cached = snapshot.settled().orElse(null);
            if (cached != null && fits(cached, unsettled)) {
                return Optional.of(together(cached, unsettled, true, shape));
            }
            if (shared != null && fits(shared, unsettled)) {
                return Optional.of(together(shared, unsettled, false, shape));
            }
            AtomicBoolean own = new AtomicBoolean();
            Optional<Loaded> loaded = loads.join(wanted, readStart, () -> {
                own.set(true);
                return loadAndFill(wanted);
            });
            if (loaded.isPresent()) {
                if (loaded.get().settled().isEmpty()) {
                    return Optional.empty();
                }
                shared = loaded.get().settled().get();
                PendingSnapshot after = loaded.get().unsettled();
                if (own.get() && after != null && fits(shared, after)) {
                    return Optional.of(together(shared, after, false, shape));
                }
                // Read after the snapshot and still behind it: the database was restored to an earlier state, so that
                // reading
                // it again does not help.
                if (own.get() && (after == null || unsettled.outruns(shared.batch()))) {
                    return Optional.of(alone(shared, shape));
                }
            }
        }
        Loaded loaded = loads.joinLater(wanted, arrival, () -> new Loaded(database.settled(keyId, query), null));
        return loaded.settled().map(settled -> alone(settled, shape));
    }

    private Loaded loadAndFill(Wanted wanted) {
        Optional<SettledUsage> settled = database.settled(wanted.keyId(), wanted.query());
        PendingSnapshot unsettled = settled.flatMap(rows -> await(cache.fill(wanted.keyId(), wanted.query(), rows)))
                .orElse(null);
        return new Loaded(settled, unsettled);
    }

    private static boolean fits(SettledUsage settled, PendingSnapshot unsettled) {
        return !unsettled.outruns(settled.batch());
    }

    private <R> R together(SettledUsage settled, PendingSnapshot unsettled, boolean cached, Shape<R> shape) {
        (cached ? hits : misses).increment();
        KeyUsage usage = settled.usage().plus(unsettled.beyond(settled.batch()));
        return shape.of(usage, new ReportMeta(cached, clock.instant(), true));
    }

    /** Returns how many reports had a cached settled part. */
    public long hits() {
        return hits.sum();
    }

    /** Returns how many reports read their settled part from the database. */
    public long misses() {
        return misses.sum();
    }

    /** Returns how many reports came from the database alone, since Redis did not answer. */
    public long withoutRedis() {
        return withoutRedis.sum();
    }

    private <R> R alone(SettledUsage settled, Shape<R> shape) {
        withoutRedis.increment();
        return shape.of(settled.usage(), new ReportMeta(false, clock.instant(), false));
    }

    /** Waits for a stage; returns empty if Redis did not answer. */
    private static <T> Optional<T> await(CompletionStage<T> stage) {
        try {
            return Optional.of(stage.toCompletableFuture().get());
        } catch (ExecutionException | CancellationException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
