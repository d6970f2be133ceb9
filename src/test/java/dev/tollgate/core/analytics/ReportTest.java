package dev.tollgate.core.analytics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.analytics.FileTypesReport.Category;
import dev.tollgate.core.analytics.FileTypesReport.FileType;
import dev.tollgate.core.analytics.query.DailyQuery;
import dev.tollgate.core.analytics.query.ProvidersQuery;
import dev.tollgate.core.analytics.query.UploadQuery;
import dev.tollgate.core.usage.KeyUsage;
import dev.tollgate.core.usage.UsageCounts;
import dev.tollgate.core.usage.UsageEvent;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ReportTest {

    private static final LocalDate TODAY = LocalDate.of(2026, 11, 22);
    private static final ReportMeta META = new ReportMeta(false, Instant.parse("2026-11-22T12:00:00Z"), true);

    private static UsageEvent event(String provider, LocalDate day, boolean ok, long bytes, String type) {
        return new UsageEvent("K", provider, day, ok, type == null ? 0 : 1, bytes, type, 1_000 + bytes);
    }

    private static KeyUsage usage(UsageEvent... events) {
        return Stream.of(events).map(KeyUsage::of).reduce(KeyUsage.NONE, KeyUsage::plus);
    }

    private static final KeyUsage SOME = usage(
            event("local", TODAY, true, 100, "image/png"),
            event("local", TODAY, true, 51, "image/jpeg"),
            event("local", TODAY.minusDays(1), false, 0, null),
            event("s3", TODAY.minusDays(400), true, 50, "text/csv"));

    @Test
    void totalsAndWhatFollowsFromThem() {
        UploadReport report = UploadReport.of("K", UploadQuery.parse(null), SOME, META);
        assertThat(report.provider()).isEqualTo("all");
        assertThat(report.summary())
                .isEqualTo(new Summary(
                        new Totals(4, 3, 1, 3, 201),
                        new Summary.Averages(new BigDecimal("67.00"), new BigDecimal("75.00")),
                        Instant.ofEpochMilli(1_100)));
        assertThat(report.providers()).extracting(ProviderSummary::provider).containsExactly("local", "s3");
        assertThat(report.providers().get(0).summary().averages().successRate()).isEqualTo(new BigDecimal("66.67"));
        assertThat(report.providers().get(0).summary().averages().averageFileSize())
                .isEqualTo(new BigDecimal("75.50"));
        assertThat(report.fileTypes()).isEqualTo(Map.of("image/png", 1L, "image/jpeg", 1L, "text/csv", 1L));
    }

    @Test
    void aKeyNeverUsedHasZerosAndNoLastUse() {
        Summary summary = UploadReport.of("K", UploadQuery.parse(null), KeyUsage.NONE, META)
                .summary();
        assertThat(summary)
                .isEqualTo(new Summary(
                        new Totals(0, 0, 0, 0, 0),
                        new Summary.Averages(new BigDecimal("0.00"), new BigDecimal("0.00")),
                        null));
        assertThat(FileTypesReport.of(KeyUsage.NONE, META))
                .isEqualTo(new FileTypesReport(0, List.of(), Map.of(), META));
    }

    @Test
    void oneProvidersTotalsAreItsOwn() {
        UploadReport report = UploadReport.of("K", UploadQuery.parse("s3"), SOME, META);
        assertThat(report.provider()).isEqualTo("s3");
        assertThat(report.summary().totals().totalRequests()).isEqualTo(1);
        assertThat(report.providers())
                .singleElement()
                .extracting(ProviderSummary::provider)
                .isEqualTo("s3");
        assertThat(report.fileTypes()).isEqualTo(Map.of("text/csv", 1L));
        UploadReport never = UploadReport.of("K", UploadQuery.parse("never"), SOME, META);
        assertThat(never.providers()).isEmpty();
        assertThat(never.fileTypes()).isEmpty();
    }

    @Test
    void daysComeNewestFirstAndTodayIsThereEvenIfUnused() {
        DailyReport report = DailyReport.of(DailyQuery.parse(null, null, null, TODAY), SOME, TODAY.plusDays(1), META);
        assertThat(report.days())
                .extracting(Day::date)
                .containsExactly(TODAY.plusDays(1), TODAY, TODAY.minusDays(1), TODAY.minusDays(400));
        assertThat(report.days().get(0)).isEqualTo(new Day(TODAY.plusDays(1), new Totals(0, 0, 0, 0, 0)));
        assertThat(report.days().get(1)).isEqualTo(new Day(TODAY, new Totals(2, 2, 0, 2, 151)));
        assertThat(report.totals()).isEqualTo(new Totals(4, 3, 1, 3, 201));
        assertThat(report.period())
                .isEqualTo(new DailyReport.Period(TODAY.minusDays(400), TODAY.plusDays(1), 30, false));
    }

    @Test
    void rangeAndLimitDecideWhichDaysAreListedAndSummedUp() {
        DailyReport one = DailyReport.of(DailyQuery.parse(null, null, "1", TODAY), SOME, TODAY, META);
        assertThat(one.days()).extracting(Day::date).containsExactly(TODAY);
        assertThat(one.totals().totalRequests()).isEqualTo(2);
        String yesterday = TODAY.minusDays(1).toString();
        DailyReport past = DailyReport.of(DailyQuery.parse(yesterday, yesterday, null, TODAY), SOME, TODAY, META);
        assertThat(past.days()).extracting(Day::date).containsExactly(TODAY.minusDays(1));
        assertThat(past.totals()).isEqualTo(new Totals(1, 0, 1, 0, 0));
        assertThat(DailyReport.of(DailyQuery.parse("2027-01-01", null, null, TODAY), SOME, TODAY, META)
                        .days())
                .isEmpty();
    }

    private static DailyReport daily(String startDate, String endDate, String limit) {
        return DailyReport.of(DailyQuery.parse(startDate, endDate, limit, TODAY), SOME, TODAY, META);
    }

    @Test
    void everyDayOfARangeIsListedUpToTodayAndSummedUp() {
        DailyReport october = daily("2026-10-01", "2026-10-31", null);
        assertThat(october.days())
                .hasSize(31)
                .extracting(Day::date)
                .isSortedAccordingTo(Comparator.reverseOrder())
                .endsWith(LocalDate.of(2026, 10, 1));
        assertThat(october.totals()).isEqualTo(new Totals(0, 0, 0, 0, 0));
        DailyReport november = daily("2026-11-01", "2026-11-30", null);
        assertThat(november.days()).as("days to come are not listed").hasSize(TODAY.getDayOfMonth());
        assertThat(november.totals()).isEqualTo(new Totals(3, 2, 1, 2, 151));
        assertThat(november.period().truncated()).isFalse();
        assertThat(daily("2024-02-01", "2024-02-29", null).days()).hasSize(29);
        assertThat(daily(TODAY.minusDays(365).toString(), null, null).days()).hasSize(366);
        assertThat(daily("2027-01-01", "2027-01-31", null).days()).isEmpty();
    }

    @Test
    void anAnswerThatLeavesDaysOutSaysSoAndSumsUpThoseItShows() {
        DailyReport whole = daily(null, null, "3");
        assertThat(whole.period().truncated()).isFalse();
        assertThat(whole.totals().totalRequests()).isEqualTo(4);
        DailyReport two = daily(null, null, "2");
        assertThat(two.days()).hasSize(2);
        assertThat(two.period().truncated()).isTrue();
        assertThat(two.totals()).isEqualTo(new Totals(3, 2, 1, 2, 151));
        assertThat(daily(TODAY.minusDays(1).toString(), null, "2").period().truncated())
                .as("what is out of range is not left out")
                .isFalse();
        assertThat(daily(TODAY.minusDays(1).toString(), null, "1").period().truncated())
                .isTrue();
    }

    @Test
    void providersShowAllTheyEverHadUnlessARangeIsAskedFor() {
        ProvidersReport ever = ProvidersReport.of(ProvidersQuery.parse(null, null, null, TODAY), SOME, META);
        assertThat(ever.providers()).extracting(ProviderDetail::provider).containsExactly("local", "s3");
        assertThat(ever.providers().get(0).daily())
                .containsExactly(
                        new Day(TODAY, new Totals(2, 2, 0, 2, 151)),
                        new Day(TODAY.minusDays(1), new Totals(1, 0, 1, 0, 0)));
        assertThat(ever.totals().totalRequests()).isEqualTo(4);
        ProvidersReport today =
                ProvidersReport.of(ProvidersQuery.parse(null, TODAY.toString(), null, TODAY), SOME, META);
        assertThat(today.providers()).singleElement().satisfies(local -> {
            assertThat(local.totals().totalRequests()).isEqualTo(2);
            assertThat(local.daily()).extracting(Day::date).containsExactly(TODAY);
        });
        assertThat(today.totals()).isEqualTo(new Totals(2, 2, 0, 2, 151));
    }

    @Test
    void fileTypesAreGroupedByTheirFirstPart() {
        KeyUsage usage = new KeyUsage(
                new UsageCounts(
                        9, 9, 0, 9, 0, 1, Map.of("image/png", 3L, "image/gif", 1L, "text/csv", 3L, "other", 2L)),
                Map.of(),
                Map.of(),
                Map.of());
        FileTypesReport report = FileTypesReport.of(usage, META);
        assertThat(report.totalFiles()).isEqualTo(9);
        assertThat(report.fileTypes())
                .containsExactly(
                        new FileType("image/png", 3, new BigDecimal("33.34")),
                        new FileType("text/csv", 3, new BigDecimal("33.33")),
                        new FileType("other", 2, new BigDecimal("22.22")),
                        new FileType("image/gif", 1, new BigDecimal("11.11")));
        assertThat(report.categories())
                .containsExactly(
                        Map.entry("image", new Category(4, List.of("image/png", "image/gif"))),
                        Map.entry("text", new Category(3, List.of("text/csv"))),
                        Map.entry("other", new Category(2, List.of("other"))));
    }

    @Test
    void liveListsTodayAndTheLastSevenDays() {
        KeyUsage unsettled = usage(
                event("local", TODAY, true, 10, "image/png"),
                event("local", TODAY.minusDays(7), true, 10, "image/png"),
                event("s3", TODAY.minusDays(8), true, 10, "image/png"));
        LiveReport report = LiveReport.of("K", unsettled, TODAY, META);
        assertThat(report.today()).isEqualTo(new Day(TODAY, new Totals(1, 1, 0, 1, 10)));
        assertThat(report.days()).extracting(Day::date).containsExactly(TODAY, TODAY.minusDays(7));
        assertThat(report.summary().totals().totalRequests())
                .as("nothing unsettled is left out")
                .isEqualTo(3);
        assertThat(report.providers()).extracting(ProviderDetail::provider).containsExactly("local", "s3");
        assertThat(report.providers().get(1).daily()).isEmpty();
        assertThat(LiveReport.of("K", KeyUsage.NONE, TODAY, META).days())
                .containsExactly(new Day(TODAY, new Totals(0, 0, 0, 0, 0)));
    }

    @Property
    void sharesAreCloseToTheTruthAndMakeExactlyAHundred(
            @ForAll @Size(min = 1, max = 101) List<@LongRange(min = 0, max = 1L << 52) Long> counts) {
        List<BigDecimal> shares = Percentages.shares(counts);
        long sum = counts.stream().mapToLong(count -> count).sum();
        assertThat(shares.stream().reduce(BigDecimal.ZERO, BigDecimal::add))
                .isEqualByComparingTo(sum == 0 ? "0" : "100");
        for (int i = 0; sum > 0 && i < shares.size(); i++) {
            assertThat(Math.abs(shares.get(i).doubleValue() - 100.0 * counts.get(i) / sum))
                    .isLessThan(0.0100001);
        }
    }
}
