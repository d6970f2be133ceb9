package dev.tollgate.core.traffic;

import dev.tollgate.core.ledger.SettlementLog.Batch;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * A service that assembles the overview. Numbers from memory are current. PostgreSQL, and what needs many keys, is asked at
 * most every five or ten seconds, however many readers there are. Thread-safe. It waits only for the traffic in Redis, for
 * half a second at most.
 */
public final class OverviewService {

    private static final int MEAN_SECONDS = 5;
    private static final long OFTEN_MILLIS = 4_500;
    private static final long SELDOM_MILLIS = 10_000;

    private final Traffic traffic;
    private final Supplier<Overview.Redis> redis;
    private final BooleanSupplier settlementFailing;
    private final LongSupplier clock;
    private final RefreshingValue<DailyUsage.Day> today;
    private final RefreshingValue<Overview.Sums> ledger;
    private final RefreshingValue<Optional<Batch>> lastBatch;
    private final RefreshingValue<Long> bans;

    /** Where it asks. */
    public record Sources(
            Supplier<Overview.Redis> redis,
            Function<LocalDate, DailyUsage.Day> day,
            Supplier<Overview.Sums> ledger,
            Supplier<Optional<Batch>> lastBatch,
            Supplier<Long> bans,
            BooleanSupplier settlementFailing) {}

    /**
     * @param clock milliseconds since the epoch
     * @param executor where PostgreSQL and Redis are asked
     */
    public OverviewService(Traffic traffic, Sources sources, LongSupplier clock, Executor executor) {
        this.traffic = traffic;
        this.redis = sources.redis();
        this.settlementFailing = sources.settlementFailing();
        this.clock = clock;
        this.today = new RefreshingValue<>(
                () -> sources.day().apply(date(clock.getAsLong())), OFTEN_MILLIS, clock, executor);
        this.ledger = new RefreshingValue<>(sources.ledger(), OFTEN_MILLIS, clock, executor);
        this.lastBatch = new RefreshingValue<>(sources.lastBatch(), OFTEN_MILLIS, clock, executor);
        this.bans = new RefreshingValue<>(sources.bans(), SELDOM_MILLIS, clock, executor);
    }

    private static LocalDate date(long millis) {
        return Instant.ofEpochMilli(millis).atOffset(ZoneOffset.UTC).toLocalDate();
    }

    /** Returns how things are now. */
    public Overview now() {
        long now = clock.getAsLong();
        TrafficHistory last = traffic.last(MEAN_SECONDS, 1, now);
        TrafficCounts sum = last.sums().stream().reduce(TrafficCounts.NONE, TrafficCounts::plus);
        return new Overview(
                Instant.ofEpochMilli(now),
                last.scope(),
                Overview.Rates.of(sum, MEAN_SECONDS),
                redis.get(),
                today.get(),
                ledger.get(),
                lastBatch.get().flatMap(batch -> batch),
                settlementFailing.getAsBoolean(),
                bans.get().map(OptionalLong::of).orElse(OptionalLong.empty()));
    }
}
