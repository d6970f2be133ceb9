package dev.tollgate.core.analytics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.analytics.query.DailyQuery;
import dev.tollgate.core.analytics.query.DateRange;
import dev.tollgate.core.analytics.query.UploadQuery;
import dev.tollgate.core.usage.KeyUsage;
import dev.tollgate.core.usage.KeyUsage.ProviderDay;
import dev.tollgate.core.usage.PendingSnapshot;
import dev.tollgate.core.usage.UsageCounts;
import dev.tollgate.core.usage.UsageEvent;
import dev.tollgate.redis.connection.RedisMonitor;
import dev.tollgate.redis.usage.RedisReportCache;
import java.time.Clock;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.redisson.client.codec.StringCodec;

/** What Redis keeps of reports, and how many trips that takes. */
class ReportCacheTest {

    private static final LocalDate TODAY = LocalDate.of(2026, 11, 22);
    private static final UploadQuery UPLOAD = UploadQuery.parse(null);

    private static UsageStack stack;

    private final String key = stack.newKey();

    @BeforeAll
    static void start() {
        stack = new UsageStack();
    }

    @AfterAll
    static void stop() {
        stack.close();
    }

    private static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    private void recordOne() {
        stack.record(new UsageEvent(key, "local", TODAY, true, 1, 10, "image/png", 1));
    }

    private SettledUsage someRows(long batch) {
        UsageCounts counts = new UsageCounts(9, 8, 1, 7, Long.MAX_VALUE, 1_700_000_000_000L, Map.of("image/png", 7L));
        UsageCounts day = new UsageCounts(9, 8, 1, 7, 6, 0, Map.of());
        return new SettledUsage(
                batch,
                new KeyUsage(
                        counts,
                        Map.of("local", counts, "a.b-c_d", day),
                        Map.of(TODAY, day),
                        Map.of(new ProviderDay("local", TODAY), day)));
    }

    @Test
    void whatIsFilledIsFoundAsItWas() {
        recordOne();
        PendingSnapshot unsettled = get(stack.reports.fill(key, UPLOAD, someRows(5)));
        assertThat(unsettled.pending().totals().totalRequests()).isEqualTo(1);
        ReportCache.Snapshot read = get(stack.reports.read(key, UPLOAD));
        assertThat(read.settled()).contains(someRows(5));
        assertThat(read.unsettled()).isEqualTo(unsettled);
        assertThat(stack.client.getBucket(stack.keys.report(key, UPLOAD)).remainTimeToLive())
                .isBetween(1L, RedisReportCache.TTL.toMillis());
    }

    @Test
    void rowsOlderThanWhatWasAcknowledgedAreNotStored() {
        recordOne();
        stack.settle(key);
        long acknowledged = get(stack.reports.unsettled(key)).acknowledgedBatch();
        PendingSnapshot unsettled = get(stack.reports.fill(key, UPLOAD, someRows(acknowledged - 1)));
        assertThat(unsettled.outruns(acknowledged - 1)).isTrue();
        assertThat(get(stack.reports.read(key, UPLOAD)).settled()).isEmpty();
        get(stack.reports.fill(key, UPLOAD, someRows(acknowledged)));
        assertThat(get(stack.reports.read(key, UPLOAD)).settled()).isPresent();
    }

    @Test
    void aKeyKeepsABoundedNumberOfReportsAndASettlementDropsThemAll() {
        int queries = RedisReportCache.MAX_PER_KEY + 100;
        for (int i = 0; i < queries; i++) {
            get(stack.reports.fill(key, new DailyQuery(oneDay(i), 1), someRows(0)));
        }
        assertThat(kept(queries)).isEqualTo(RedisReportCache.MAX_PER_KEY);
        assertThat(stack.client.getSet(stack.keys.reports(key), StringCodec.INSTANCE))
                .hasSize(RedisReportCache.MAX_PER_KEY);
        assertThat(stack.client
                        .getSet(stack.keys.reports(key), StringCodec.INSTANCE)
                        .remainTimeToLive())
                .isPositive();
        recordOne();
        stack.settle(key);
        assertThat(kept(queries)).isZero();
    }

    private long kept(int queries) {
        long kept = 0;
        for (int i = 0; i < queries; i++) {
            kept += get(stack.reports.read(key, new DailyQuery(oneDay(i), 1)))
                            .settled()
                            .isPresent()
                    ? 1
                    : 0;
        }
        return kept;
    }

    private static DateRange oneDay(int daysAgo) {
        LocalDate day = TODAY.minusDays(daysAgo);
        return new DateRange(Optional.of(day), Optional.of(day));
    }

    @Test
    void aHitIsOneTripAMissTwoAndLiveOne() throws Exception {
        Analytics analytics = stack.node(Clock.systemUTC());
        recordOne();
        stack.settle(key);
        recordOne();
        // Redis learns the scripts.
        analytics.fileTypes(key);
        analytics.fileTypes(key);
        analytics.live(key);
        stack.database.statements();
        try (RedisMonitor monitor = new RedisMonitor(stack.redis.port())) {
            assertThat(monitor.commands("end-1", () -> tell("end-1"))).isEmpty();
            analytics.upload(key, UPLOAD);
            assertThat(monitor.commands("end-2", () -> tell("end-2"))).isEqualTo(List.of("EVALSHA", "EVALSHA"));
            assertThat(stack.database.statements()).isEqualTo(1);
            analytics.upload(key, UPLOAD);
            assertThat(monitor.commands("end-3", () -> tell("end-3"))).isEqualTo(List.of("EVALSHA"));
            analytics.live(key);
            assertThat(monitor.commands("end-4", () -> tell("end-4"))).isEqualTo(List.of("EVALSHA"));
            assertThat(stack.database.statements()).isZero();
        }
    }

    private static void tell(String word) {
        stack.client.getBucket(word, StringCodec.INSTANCE).isExists();
    }
}
