package dev.tollgate.core.analytics.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.core.usage.Provider;
import java.time.LocalDate;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QueryTest {

    private static final LocalDate TODAY = LocalDate.of(2026, 11, 22);

    private static void refused(String parameter, ThrowingCallable parsing) {
        assertThatThrownBy(parsing)
                .isInstanceOfSatisfying(
                        BadQueryException.class,
                        bad -> assertThat(bad.parameter()).isEqualTo(parameter));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "all",
                "ALL",
                "a,b",
                "Local",
                "LOCAL",
                "",
                " ",
                "local ",
                "-a",
                "a:b",
                "a}b",
                "ä",
                "a%2Cb",
                "0123456789012345678901234567890123456789012345678901"
            })
    void anythingButOneProvidersNameIsRefused(String provider) {
        refused("provider", () -> UploadQuery.parse(provider));
        refused("provider", () -> ProvidersQuery.parse(provider, null, null, TODAY));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-11-1",
                "2026-1-01",
                "20261101",
                "2026-11-01T00:00:00Z",
                "01.11.2026",
                "2026/11/01",
                "+2026-11-01",
                "-2026-11-01",
                "2026-02-30",
                "2025-02-29",
                "2026-13-01",
                "0000-01-01",
                "none",
                "today",
                "",
                " 2026-11-01",
                "２０２６-11-01",
                "NaN"
            })
    void aDateHasOneNotation(String date) {
        refused("startDate", () -> DailyQuery.parse(date, null, null, TODAY));
        refused("endDate", () -> DailyQuery.parse(null, date, null, TODAY));
        refused("startDate", () -> ProvidersQuery.parse(null, date, null, TODAY));
        refused("endDate", () -> ProvidersQuery.parse(null, null, date, TODAY));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "367",
                "-1",
                "NaN",
                "Infinity",
                "1e1",
                "+5",
                "05",
                "5.0",
                "",
                " 5",
                "2147483648",
                "99999999999",
                "٣"
            })
    void aLimitIsAWholeNumberFromOneTo366(String limit) {
        refused("limit", () -> DailyQuery.parse(null, null, limit, TODAY));
    }

    @Test
    void theLimitIsThirtyUnlessSaidOtherwise() {
        assertThat(DailyQuery.parse(null, null, null, TODAY)).isEqualTo(DailyQuery.parse(null, null, "30", TODAY));
        assertThat(DailyQuery.parse(null, null, "1", TODAY).limit()).isEqualTo(1);
        assertThat(DailyQuery.parse(null, null, "366", TODAY).limit()).isEqualTo(366);
        assertThat(DailyQuery.parse(null, "2026-10-31", null, TODAY).limit()).isEqualTo(30);
    }

    @Test
    void aFirstDayWithoutALimitAsksForEveryDayOfTheRange() {
        for (String end : new String[] {null, "2026-10-31"}) {
            DailyQuery query = DailyQuery.parse("2026-10-01", end, null, TODAY);
            assertThat(query.wantsEveryDay()).isTrue();
            assertThat(query).isEqualTo(DailyQuery.parse("2026-10-01", end, "366", TODAY));
            assertThat(DailyQuery.parse("2026-10-01", end, "365", TODAY).wantsEveryDay())
                    .isFalse();
        }
        assertThat(DailyQuery.parse(null, null, "366", TODAY).wantsEveryDay()).isFalse();
    }

    @Test
    void aFirstDayWithoutALimitSharesNoCachedValueWithReleasesThatTookItFor30Days() {
        assertThat(DailyQuery.parse("2026-10-01", null, null, TODAY).cacheName("K"))
                .isEqualTo("analytics:daily:{K}:2026-10-01:none:366")
                .isNotEqualTo(DailyQuery.parse("2026-10-01", null, "30", TODAY).cacheName("K"));
    }

    @Test
    void aRangeThatEndsBeforeItStartsIsRefused() {
        refused("startDate", () -> DailyQuery.parse("2026-11-02", "2026-11-01", null, TODAY));
        assertThat(DailyQuery.parse("2026-11-01", "2026-11-01", null, TODAY)
                        .range()
                        .isBounded())
                .isTrue();
    }

    @Test
    void aRangeOfMoreThanAYearIsRefused() {
        refused("startDate", () -> ProvidersQuery.parse(null, "2025-11-21", null, TODAY));
        refused("startDate", () -> ProvidersQuery.parse(null, "2024-01-01", "2025-01-01", TODAY));
        refused("startDate", () -> DailyQuery.parse("2025-11-21", null, null, TODAY));
        refused("startDate", () -> DailyQuery.parse("2024-01-01", "2025-01-01", "7", TODAY));
        assertThat(DailyQuery.parse("2024-01-01", "2024-12-31", null, TODAY).wantsEveryDay())
                .isTrue();
        ProvidersQuery.parse(null, "2024-01-01", "2024-12-31", TODAY);
        ProvidersQuery.parse(null, "2025-11-22", null, TODAY);
        ProvidersQuery.parse(null, null, "2020-01-01", TODAY);
        ProvidersQuery.parse(null, "2099-01-01", null, TODAY);
    }

    @Test
    void cacheNamesAreTheContracts() {
        assertThat(UploadQuery.parse(null).cacheName("K")).isEqualTo("analytics:upload:{K}:all");
        assertThat(UploadQuery.parse("s3").cacheName("K")).isEqualTo("analytics:upload:{K}:s3");
        assertThat(DailyQuery.parse(null, null, null, TODAY).cacheName("K"))
                .isEqualTo("analytics:daily:{K}:none:none:30");
        assertThat(DailyQuery.parse("2026-11-01", "2026-11-22", "7", TODAY).cacheName("K"))
                .isEqualTo("analytics:daily:{K}:2026-11-01:2026-11-22:7");
        assertThat(ProvidersQuery.parse(null, null, "2026-11-22", TODAY).cacheName("K"))
                .isEqualTo("analytics:provider:{K}:all:none:2026-11-22");
        assertThat(ProvidersQuery.parse("none", null, null, TODAY).cacheName("K"))
                .isEqualTo("analytics:provider:{K}:none:none:none");
        assertThat(new FileTypesQuery().cacheName("K")).isEqualTo("analytics:filetypes:{K}");
    }

    @Property
    void queriesShareANameOnlyIfTheyAreTheSame(
            @ForAll("queries") ReportQuery one, @ForAll("queries") ReportQuery other) {
        assertThat(one.cacheName("K").equals(other.cacheName("K"))).isEqualTo(one.equals(other));
        assertThat(one.cacheName("K")).isNotEqualTo(other.cacheName("L"));
    }

    @Provide
    Arbitrary<ReportQuery> queries() {
        return RandomQueries.of(
                Arbitraries.of("none", "local", "s3", "a.b", "a-b", "2026-11-01")
                        .filter(Provider::isName),
                TODAY,
                3,
                3);
    }
}
