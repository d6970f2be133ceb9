package dev.tollgate.core.analytics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.analytics.query.DailyQuery;
import dev.tollgate.core.analytics.query.ProvidersQuery;
import dev.tollgate.core.analytics.query.UploadQuery;
import dev.tollgate.core.usage.PendingUsage.Claims;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.redisson.client.codec.StringCodec;

/** The reports over usage in every place it can lie, and what is cached of them. */
class AnalyticsTest extends AnalyticsCase {

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
                                new Totals(5, 4, 1, 4, 208),
                                new Summary.Averages(new BigDecimal("52.00"), new BigDecimal("80.00")),
                                Instant.parse("2026-11-22T00:00:00.100Z")));
                assertThat(upload.providers())
                        .extracting(ProviderSummary::provider)
                        .containsExactly("local", "gcs", "s3");
                assertThat(upload.fileTypes()).isEqualTo(Map.of("image/png", 1L, "image/jpeg", 1L, "text/csv", 2L));
                UploadReport s3 = analytics.upload(key, UploadQuery.parse("s3")).orElseThrow();
                assertThat(s3.fileTypes()).isEqualTo(Map.of("text/csv", 1L));
                assertThat(s3.summary())
                        .isEqualTo(new Summary(
                                new Totals(1, 1, 0, 1, 50),
                                new Summary.Averages(new BigDecimal("50.00"), new BigDecimal("100.00")),
                                Instant.parse("2026-08-14T00:00:00.050Z")));
                DailyReport daily = analytics.daily(key, DAILY).orElseThrow();
                assertThat(daily.days())
                        .containsExactly(
                                new Day(TODAY, new Totals(2, 2, 0, 2, 151)),
                                new Day(TODAY.minusDays(1), new Totals(1, 0, 1, 0, 0)),
                                new Day(TODAY.minusDays(9), new Totals(1, 1, 0, 1, 7)),
                                new Day(TODAY.minusDays(100), new Totals(1, 1, 0, 1, 50)));
                assertThat(daily.totals()).isEqualTo(new Totals(5, 4, 1, 4, 208));
                assertThat(analytics
                                .daily(key, DailyQuery.parse("2026-11-01", "2026-11-21", "1", TODAY))
                                .orElseThrow()
                                .days())
                        .containsExactly(new Day(TODAY.minusDays(1), new Totals(1, 0, 1, 0, 0)));
                ProvidersReport providers = analytics.providers(key, PROVIDERS).orElseThrow();
                assertThat(providers.totals()).isEqualTo(daily.totals());
                assertThat(providers.providers().get(0).daily())
                        .containsExactly(
                                new Day(TODAY, new Totals(2, 2, 0, 2, 151)),
                                new Day(TODAY.minusDays(1), new Totals(1, 0, 1, 0, 0)));
                ProvidersReport ranged = analytics
                        .providers(key, ProvidersQuery.parse("gcs", "2026-11-01", "2026-11-30", TODAY))
                        .orElseThrow();
                assertThat(ranged.providers()).singleElement().satisfies(gcs -> {
                    assertThat(gcs.totals().totalRequests()).isEqualTo(1);
                    assertThat(gcs.lastUsedAt()).isEqualTo(Instant.parse("2026-11-13T00:00:00.007Z"));
                    assertThat(gcs.daily()).containsExactly(new Day(TODAY.minusDays(9), new Totals(1, 1, 0, 1, 7)));
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
        assertThat(live.summary().totals().totalRequests()).isEqualTo(1);
        assertThat(live.today()).isEqualTo(new Day(TODAY, new Totals(1, 1, 0, 1, 1)));
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
        String ofEarlierRelease =
                "{\"v\":2,\"batch\":9,\"totals\":[7,7,0,0,0,0],\"providers\":{},\"days\":{},\"providerDays\":{}}";
        for (String entry : List.of("", "{", "{\"v\":0}", "[]", "{\"v\":1,\"batch\":0}", "1", ofEarlierRelease)) {
            stack.client
                    .getBucket(stack.keys.report(key, UPLOAD), StringCodec.INSTANCE)
                    .set(entry);
            assertThat(total()).isEqualTo(1);
            assertThat(stack.database.statements()).isEqualTo(1);
        }
    }
}
