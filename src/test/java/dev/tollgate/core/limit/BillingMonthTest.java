package dev.tollgate.core.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

/** The month of a quota: a calendar month in UTC, whole to the millisecond. */
class BillingMonthTest {

    /** The first millisecond of the year 2200. */
    private static final long FAR = 7_258_118_400_000L;

    private static long millis(String instant) {
        return Instant.parse(instant).toEpochMilli();
    }

    @Property
    void anInstantLiesInTheMonthThatTheCalendarSays(@ForAll @LongRange(max = FAR) long instant) {
        BillingMonth month = BillingMonth.at(instant);
        assertThat(month.contains(instant)).isTrue();
        assertThat(month.month())
                .isEqualTo(YearMonth.from(Instant.ofEpochMilli(instant).atOffset(ZoneOffset.UTC)));
    }

    @Property
    void monthsFollowEachOtherWithoutAGap(
            @ForAll @IntRange(min = 1970, max = 2200) int year, @ForAll @IntRange(min = 1, max = 12) int of) {
        YearMonth calendar = YearMonth.of(year, of);
        BillingMonth month = BillingMonth.of(calendar);
        assertThat(BillingMonth.at(month.startMillis())).isEqualTo(month);
        assertThat(BillingMonth.at(month.endMillis() - 1)).isEqualTo(month);
        assertThat(BillingMonth.at(month.endMillis())).isEqualTo(BillingMonth.of(calendar.plusMonths(1)));
        assertThat(month.contains(month.startMillis() - 1)).isFalse();
        assertThat(month.contains(month.endMillis())).isFalse();
        assertThat(month.lengthSeconds()).isEqualTo(calendar.lengthOfMonth() * 86_400L);
    }

    @Example
    void theLastMillisecondOfAMonthCountsInIt() {
        assertThat(BillingMonth.at(millis("2026-11-30T23:59:59.999Z"))).hasToString("2026-11");
        assertThat(BillingMonth.at(millis("2026-12-01T00:00:00Z"))).hasToString("2026-12");
        assertThat(BillingMonth.at(millis("2028-02-29T23:59:59.999Z"))).hasToString("2028-02");
    }

    @Example
    void theMonthAskedForLastDoesNotAnswerForAnother() {
        for (int i = 0; i < 3; i++) {
            assertThat(BillingMonth.at(millis("2026-01-31T12:00:00Z"))).hasToString("2026-01");
            assertThat(BillingMonth.at(millis("2027-01-31T12:00:00Z"))).hasToString("2027-01");
        }
    }
}
