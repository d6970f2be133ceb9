package dev.tollgate.core.analytics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.core.account.DatabaseUnavailableException;
import dev.tollgate.core.analytics.query.DailyQuery;
import dev.tollgate.core.analytics.query.Day;
import dev.tollgate.core.analytics.query.ProvidersQuery;
import dev.tollgate.core.analytics.query.UploadQuery;
import dev.tollgate.core.usage.PendingUsage.Claims;
import dev.tollgate.core.usage.UsageEvent;
import dev.tollgate.fixture.Ports;
import dev.tollgate.gate.CircuitBreaker;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.redisson.client.codec.StringCodec;

class AnalyticsTest {

    private static final LocalDate TODAY = LocalDate.of(2026, 11, 22);
    private static final Clock NOON = Clock.fixed(Instant.parse("2026-11-22T12:00:00Z"), ZoneOffset.UTC);
    private static final UploadQuery UPLOAD = UploadQuery.parse(null);
    private static final DailyQuery DAILY = DailyQuery.parse(null, null, null, TODAY);
    private static final ProvidersQuery PROVIDERS = ProvidersQuery.parse(null, null, null, TODAY);

    private static UsageStack stack;

    private final Analytics analytics = stack.node(NOON);
    private String key;

    @BeforeAll
    static void start() {
        stack = new UsageStack();
    }

    @AfterAll
    static void stop() {
        stack.close();
    }

    @BeforeEach
    void aNewKey() {
        key = stack.newKey();
        stack.database.statements();
    }

    @AfterEach
    void nothingHappensAfterwards() {
        stack.database.eachTimeAfterwards(() -> {});
    }

    private UsageEvent event(String provider, int daysAgo, boolean ok, long bytes, String type) {
        LocalDate day = TODAY.minusDays(daysAgo);
        long at = day.atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli() + bytes;
        return new UsageEvent(key, provider, day, ok, type == null ? 0 : 1, bytes, type, at);
    }

    private void recordOne() {
        stack.record(event("local", 0, true, 1, "image/png"));
    }

    private long total() {
        return analytics.upload(key, UPLOAD).orElseThrow().summary().totalRequests();
    }

    /** Takes usage through each place it can be in, and checks after each step. */
    private void spread(Runnable check) {
        stack.record(
                event("local", 0, true, 100, "image/png"),
                event("local", 0, true, 51, "image/jpeg"),
                event("local", 1, false, 0, null),
                event("s3", 100, true, 50, "text/csv"),
                event("gcs", 9, true, 7, "text/csv"));
        check.run();
        stack.pending.claim(List.of(key), stack.ledger.nextBatchId());
        check.run();
        Claims claims = stack.apply(key);
        check.run();
        stack.pending.acknowledge(claims.claims());
        check.run();
    }

    @Test
    void everyReportSaysTheSameWhereverUsageLies() {
        spread(() -> {
            for (int i = 0; i < 2; i++) {
                UploadReport upload = analytics.upload(key, UPLOAD).orElseThrow();
                assertThat(upload.summary())
                        .isEqualTo(new Summary(
                                5,
                                4,
                                1,
                                4,
                                208,
                                new BigDecimal("52.00"),
                                new BigDecimal("80.00"),
                                Instant.parse("2026-11-22T00:00:00.100Z")));
                assertThat(upload.providers())
                        .extracting(ProviderSummary::provider)
                        .containsExactly("local", "gcs", "s3");
                assertThat(upload.fileTypes()).isEqualTo(Map.of("image/png", 1L, "image/jpeg", 1L, "text/csv", 2L));
                UploadReport s3 = analytics.upload(key, UploadQuery.parse("s3")).orElseThrow();
                assertThat(s3.fileTypes()).isEqualTo(Map.of("text/csv", 1L));
                assertThat(s3.summary())
                        .isEqualTo(new Summary(
                                1,
                                1,
                                0,
                                1,
                                50,
                                new BigDecimal("50.00"),
                                new BigDecimal("100.00"),
                                Instant.parse("2026-08-14T00:00:00.050Z")));
                DailyReport daily = analytics.daily(key, DAILY).orElseThrow();
                assertThat(daily.days())
                        .containsExactly(
                                new Day(TODAY, 2, 2, 0, 2, 151),
                                new Day(TODAY.minusDays(1), 1, 0, 1, 0, 0),
                                new Day(TODAY.minusDays(9), 1, 1, 0, 1, 7),
                                new Day(TODAY.minusDays(100), 1, 1, 0, 1, 50));
                assertThat(daily.totals()).isEqualTo(new Totals(5, 4, 1, 4, 208));
                assertThat(analytics
                                .daily(key, DailyQuery.parse("2026-11-01", "2026-11-21", "1", TODAY))
                                .orElseThrow()
                                .days())
                        .containsExactly(new Day(TODAY.minusDays(1), 1, 0, 1, 0, 0));
                ProvidersReport providers = analytics.providers(key, PROVIDERS).orElseThrow();
                assertThat(providers.totals()).isEqualTo(daily.totals());
                assertThat(providers.providers().get(0).daily())
                        .containsExactly(new Day(TODAY, 2, 2, 0, 2, 151), new Day(TODAY.minusDays(1), 1, 0, 1, 0, 0));
                ProvidersReport ranged = analytics
                        .providers(key, ProvidersQuery.parse("gcs", "2026-11-01", "2026-11-30", TODAY))
                        .orElseThrow();
                assertThat(ranged.providers()).singleElement().satisfies(gcs -> {
                    assertThat(gcs.totalRequests()).isEqualTo(1);
                    assertThat(gcs.lastUsedAt()).isEqualTo(Instant.parse("2026-11-13T00:00:00.007Z"));
                    assertThat(gcs.daily()).containsExactly(new Day(TODAY.minusDays(9), 1, 1, 0, 1, 7));
                });
                FileTypesReport types = analytics.fileTypes(key).orElseThrow();
                assertThat(types.totalFiles()).isEqualTo(4);
                assertThat(types.fileTypes().get(0))
                        .isEqualTo(new FileTypesReport.FileType("text/csv", 2, new BigDecimal("50.00")));
                assertThat(types.categories().keySet()).containsExactlyInAnyOrder("text", "image");
                assertThat(List.of(upload.meta(), daily.meta(), providers.meta(), types.meta()))
                        .allSatisfy(meta -> assertThat(meta.pendingIncluded()).isTrue());
            }
        });
        stack.database.statements();
        for (int i = 0; i < 3; i++) {
            total();
        }
        assertThat(stack.database.statements()).as("cached since the last drop").isZero();
    }

    @Test
    void liveShowsWhatIsUnsettledAndNeedsNoDatabase() {
        spread(() -> {});
        recordOne();
        stack.database.statements();
        LiveReport live = analytics.live(key).orElseThrow();
        assertThat(live.summary().totalRequests()).isEqualTo(1);
        assertThat(live.today()).isEqualTo(new Day(TODAY, 1, 1, 0, 1, 1));
        assertThat(live.providers()).extracting(ProviderDetail::provider).containsExactly("local");
        assertThat(stack.database.statements()).isZero();
    }

    @Test
    void aHitSaysSoAndAsksNoDatabase() {
        recordOne();
        assertThat(analytics.daily(key, DAILY).orElseThrow().meta())
                .isEqualTo(new ReportMeta(false, NOON.instant(), true));
        assertThat(stack.database.statements()).isEqualTo(1);
        recordOne();
        DailyReport hit = analytics.daily(key, DAILY).orElseThrow();
        assertThat(hit.meta()).isEqualTo(new ReportMeta(true, NOON.instant(), true));
        assertThat(hit.totals().totalRequests()).isEqualTo(2);
        assertThat(stack.database.statements()).isZero();
    }

    @Test
    void aSettlementDropsEveryReportOfTheKeyAndNoneOfAnother() {
        String other = stack.newKey();
        stack.record(event("local", 0, true, 1, "image/png"));
        DailyQuery dated = DailyQuery.parse("2026-11-01", "2026-11-22", "7", TODAY);
        ProvidersQuery ranged = ProvidersQuery.parse("local", "2026-11-01", null, TODAY);
        Runnable readAll = () -> {
            analytics.upload(key, UPLOAD);
            analytics.upload(key, UploadQuery.parse("local"));
            analytics.daily(key, DAILY);
            analytics.daily(key, dated);
            analytics.providers(key, PROVIDERS);
            analytics.providers(key, ranged);
            analytics.fileTypes(key);
            analytics.upload(other, UPLOAD);
        };
        readAll.run();
        assertThat(stack.database.statements()).isEqualTo(8);
        stack.settle(key, other);
        readAll.run();
        assertThat(stack.database.statements()).isEqualTo(7);
        stack.settle(key, other); // nothing changed, so nothing is dropped
        readAll.run();
        assertThat(stack.database.statements()).isZero();
    }

    @Test
    void rowsReadBeforeASettlementAreNeverStoredAfterIt() {
        recordOne();
        stack.settle(key);
        recordOne();
        stack.database.onceAfterwards(() -> stack.settle(key));
        UploadReport report = analytics.upload(key, UPLOAD).orElseThrow();
        assertThat(report.summary().totalRequests()).isEqualTo(2);
        assertThat(stack.database.statements()).as("read again").isEqualTo(2);
        assertThat(total()).isEqualTo(2);
        assertThat(stack.database.statements())
                .as("the second reading was stored")
                .isZero();
    }

    @Test
    void aClaimAppliedWhileRowsAreReadCountsOnce() {
        recordOne();
        stack.settle(key);
        recordOne();
        List<Claims> claims = new ArrayList<>();
        stack.database.onceAfterwards(() -> claims.add(stack.apply(key)));
        assertThat(total()).as("rows without the claim, and the claim").isEqualTo(2);
        assertThat(total()).as("the same, cached").isEqualTo(2);
        assertThat(stack.database.statements()).isEqualTo(1);
        DailyReport fresh = analytics.daily(key, DAILY).orElseThrow();
        assertThat(fresh.totals().totalRequests()).as("rows with the claim").isEqualTo(2);
        stack.pending.acknowledge(claims.get(0).claims());
        assertThat(total()).isEqualTo(2);
        assertThat(analytics.daily(key, DAILY).orElseThrow().totals().totalRequests())
                .isEqualTo(2);
    }

    @Test
    void manyMissesAtOnceAskTheDatabaseOnce() throws Exception {
        recordOne();
        ExecutorService readers = Executors.newFixedThreadPool(64);
        try {
            for (int round = 0; round < 20; round++) {
                stack.settle(key);
                recordOne();
                long recorded = round + 2;
                stack.database.statements();
                CountDownLatch together = new CountDownLatch(64);
                List<Future<UploadReport>> answers = new ArrayList<>();
                for (int i = 0; i < 64; i++) {
                    answers.add(readers.submit(() -> {
                        together.countDown();
                        together.await();
                        return analytics.upload(key, UPLOAD).orElseThrow();
                    }));
                }
                for (Future<UploadReport> answer : answers) {
                    assertThat(answer.get(10, TimeUnit.SECONDS).summary().totalRequests())
                            .isEqualTo(recorded);
                }
                assertThat(stack.database.statements()).isEqualTo(1);
            }
        } finally {
            readers.shutdownNow();
        }
    }

    @Test
    void whoJoinsALoadUnderWaySeesWhatWasRecordedAfterThatLoadBegan() throws Exception {
        recordOne();
        ExecutorService readers = Executors.newFixedThreadPool(2);
        CountDownLatch read = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        stack.database.onceAfterwards(() -> {
            read.countDown();
            await(goOn);
        });
        try {
            Future<UploadReport> early =
                    readers.submit(() -> analytics.upload(key, UPLOAD).orElseThrow());
            await(read);
            recordOne();
            Future<UploadReport> late =
                    readers.submit(() -> analytics.upload(key, UPLOAD).orElseThrow());
            goOn.countDown();
            assertThat(late.get(10, TimeUnit.SECONDS).summary().totalRequests()).isEqualTo(2);
            assertThat(early.get(10, TimeUnit.SECONDS).summary().totalRequests())
                    .isEqualTo(2);
            assertThat(stack.database.statements()).isEqualTo(1);
        } finally {
            readers.shutdownNow();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aDatabasePutBackToAnEarlierStateIsReportedAsItIsAndSaysSo() {
        recordOne();
        stack.settle(key);
        stack.tables.update("UPDATE api_keys SET settled_batch = 0, total_requests = 0 WHERE id = ?::uuid", key);
        stack.database.statements();
        UploadReport report = analytics.upload(key, UPLOAD).orElseThrow();
        assertThat(report.meta().pendingIncluded()).isFalse();
        assertThat(report.summary().totalRequests()).isZero();
        assertThat(stack.database.statements()).isEqualTo(1);
    }

    @Test
    void settlementsThatGetInBetweenEachTimeEndInAnAnswerThatSaysSo() {
        recordOne();
        stack.database.eachTimeAfterwards(() -> {
            stack.settle(key);
            recordOne();
        });
        UploadReport report = analytics.upload(key, UPLOAD).orElseThrow();
        assertThat(report.meta().pendingIncluded()).isFalse();
        assertThat(stack.database.statements()).isLessThan(10);
    }

    @Test
    void aKeyThatIsGoneHasNoReport() {
        stack.tables.delete(key);
        assertThat(analytics.upload(key, UPLOAD)).isEmpty();
        assertThat(analytics.daily(key, DAILY)).isEmpty();
        assertThat(analytics.providers(key, PROVIDERS)).isEmpty();
        assertThat(analytics.fileTypes(key)).isEmpty();
        assertThat(analytics.upload("no-id", UPLOAD)).isEmpty();
    }

    @Test
    void anEntryOfAnotherReleaseIsAMiss() {
        recordOne();
        for (String entry : List.of("", "{", "{\"v\":0}", "[]", "{\"v\":1,\"batch\":0}", "1")) {
            stack.client
                    .getBucket(stack.keys.report(key, UPLOAD), StringCodec.INSTANCE)
                    .set(entry);
            assertThat(total()).isEqualTo(1);
            assertThat(stack.database.statements()).isEqualTo(1);
        }
    }

    @Test
    void withRedisAwayTheDatabaseAnswersAndSaysThatPendingIsMissing() {
        recordOne();
        stack.settle(key);
        recordOne();
        assertThat(total()).isEqualTo(2);
        stack.redis.kill();
        try {
            UploadReport report = analytics.upload(key, UPLOAD).orElseThrow();
            assertThat(report.meta()).isEqualTo(new ReportMeta(false, NOON.instant(), false));
            assertThat(report.summary().totalRequests()).isEqualTo(1);
            assertThat(analytics.live(key)).isEmpty();
        } finally {
            stack.redis.restart();
        }
        Ports.await(
                "reports with pending usage again",
                Duration.ofSeconds(20),
                () -> analytics.upload(key, UPLOAD).orElseThrow().meta().pendingIncluded());
    }

    @Test
    void aRedisThatHangsIsNotWaitedForByEveryReader() {
        recordOne();
        stack.settle(key);
        CircuitBreaker breaker = new CircuitBreaker(2, 1, 3_600_000, 3_600_000);
        Analytics node = stack.impatientNode(NOON, breaker);
        assertThat(node.upload(key, UPLOAD).orElseThrow().meta().pendingIncluded())
                .isTrue();
        stack.redis.freeze();
        try {
            for (int i = 0; i < 2; i++) {
                assertThat(breaker.state()).isEqualTo(CircuitBreaker.State.CLOSED);
                assertThat(node.fileTypes(key).orElseThrow().meta().pendingIncluded())
                        .isFalse();
            }
            assertThat(breaker.state()).isEqualTo(CircuitBreaker.State.OPEN);
            long carried = stack.batcher.calls();
            UploadReport report = node.upload(key, UPLOAD).orElseThrow();
            assertThat(report.meta().pendingIncluded()).isFalse();
            assertThat(report.summary().totalRequests()).isEqualTo(1);
            assertThat(node.live(key)).isEmpty();
            assertThat(stack.batcher.calls()).as("Redis was left alone").isEqualTo(carried);
        } finally {
            stack.redis.thaw();
        }
        Ports.await(
                "Redis answers",
                Duration.ofSeconds(10),
                () -> analytics.live(key).isPresent());
    }

    @Test
    void withTheDatabaseAwayAHitStillAnswersAndAMissIsUnavailable() {
        recordOne();
        assertThat(total()).isEqualTo(1);
        recordOne();
        stack.postgres.server().kill();
        try {
            assertThat(total()).isEqualTo(2);
            assertThat(analytics.live(key)).isPresent();
            assertThatThrownBy(() -> analytics.daily(key, DAILY)).isInstanceOf(DatabaseUnavailableException.class);
            assertThatThrownBy(() -> analytics.fileTypes(key)).isInstanceOf(DatabaseUnavailableException.class);
        } finally {
            stack.postgres.server().restart();
        }
        assertThat(analytics.daily(key, DAILY).orElseThrow().totals().totalRequests())
                .isEqualTo(2);
    }
}
