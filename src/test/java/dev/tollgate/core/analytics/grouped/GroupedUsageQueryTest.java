package dev.tollgate.core.analytics.grouped;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tollgate.core.analytics.grouped.GroupedUsageQuery.Filter;
import dev.tollgate.core.analytics.grouped.GroupedUsageQuery.Sort;
import dev.tollgate.core.analytics.query.BadQueryException;
import java.time.LocalDate;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GroupedUsageQueryTest {

    private static final LocalDate TODAY = LocalDate.of(2026, 11, 22);
    private static final String ID = "00000000-0000-4000-8000-00000000000a";

    private static GroupedUsageQuery parse(Map<String, String> given) {
        return GroupedUsageQuery.parse(given::get, TODAY);
    }

    @Test
    void withoutParametersItIsThisMonthByAccountMostRequestsFirst() {
        assertThat(parse(Map.of()))
                .isEqualTo(new GroupedUsageQuery(
                        LocalDate.of(2026, 11, 1),
                        TODAY,
                        Set.of(UsageGrouping.ACCOUNT),
                        new Filter(Optional.empty(), Optional.empty(), Optional.empty()),
                        new Sort(UsageColumn.TOTAL_REQUESTS, true)));
    }

    @Test
    void oneDateGivesTheOther() {
        GroupedUsageQuery since = parse(Map.of("from", "2026-10-15"));
        assertThat(since.from()).isEqualTo(LocalDate.of(2026, 10, 15));
        assertThat(since.to()).isEqualTo(TODAY);
        GroupedUsageQuery until = parse(Map.of("to", "2026-02-28"));
        assertThat(until.from()).isEqualTo(LocalDate.of(2026, 2, 1));
        assertThat(until.to()).isEqualTo(LocalDate.of(2026, 2, 28));
    }

    @Test
    void aRangeHoldsOneTo366Days() {
        assertThat(parse(Map.of("from", "2026-11-22", "to", "2026-11-22")).from())
                .isEqualTo(TODAY);
        assertThat(parse(Map.of("from", "2024-01-01", "to", "2024-12-31")).to()).isEqualTo("2024-12-31");
    }

    @Test
    void rowsHaveTheColumnsOfTheirGroupsAndSums() {
        String[] sums = {"totalRequests", "successfulRequests", "failedRequests", "totalFilesUploaded", "totalFileSize"
        };
        assertThat(parse(Map.of("group", "month,account")).columns())
                .extracting(UsageColumn::label)
                .startsWith("accountId", "account", "month")
                .endsWith(sums)
                .hasSize(8);
        assertThat(parse(Map.of("group", "day,key,provider")).columns())
                .extracting(UsageColumn::label)
                .startsWith("accountId", "account", "keyId", "keyName", "keyPrefix", "provider", "day")
                .hasSize(12);
        assertThat(parse(Map.of("group", "provider")).columns())
                .extracting(UsageColumn::label)
                .startsWith("provider")
                .hasSize(6);
    }

    @Test
    void filtersAndOrderAreRead() {
        GroupedUsageQuery query = parse(Map.of(
                "accountId", ID.toUpperCase(), "keyId", ID, "provider", "s3", "group", "key", "sort", "keyName"));
        assertThat(query.filter())
                .isEqualTo(new Filter(
                        Optional.of(UUID.fromString(ID)), Optional.of(UUID.fromString(ID)), Optional.of("s3")));
        assertThat(query.sort()).isEqualTo(new Sort(UsageColumn.KEY_NAME, false));
    }

    @Test
    void providersAreNeededToGroupOrFilterByThem() {
        assertThat(parse(Map.of("group", "account,key,day,month")).needsProviders())
                .isFalse();
        assertThat(parse(Map.of("group", "day,provider")).needsProviders()).isTrue();
        assertThat(parse(Map.of("provider", "local")).needsProviders()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "from, 2026-11-31",
                "from, 2026-1-1",
                "from, ''",
                "from, 2026-11-23",
                "from, 2025-11-21",
                "to, tomorrow",
                "to, 0000-01-01",
                "group, ''",
                "group, ACCOUNT",
                "group, 'account,'",
                "group, 'account,account'",
                "group, 'account, day'",
                "group, tier",
                "accountId, shop",
                "accountId, 0-0-0-0-0",
                "keyId, ''",
                "provider, all",
                "provider, 'a,b'",
                "sort, ''",
                "sort, -",
                "sort, --totalRequests",
                "sort, keyId",
                "sort, day",
                "sort, requests"
            })
    void whatIsBadIsNamed(String parameter, String text) {
        BadQueryException bad = catchThrowableOfType(
                BadQueryException.class, () -> parse(Map.of(parameter, text == null ? "-" : text)));
        assertThat(bad).isNotNull();
        assertThat(bad.parameter()).isEqualTo(parameter);
        assertThat(bad.getMessage()).startsWith(parameter + " ").endsWith(".");
    }

    @Test
    void noQueryIsMadeThatCannotBeAsked() {
        GroupedUsageQuery query = parse(Map.of());
        assertThatThrownBy(() -> new GroupedUsageQuery(
                        query.from(),
                        query.to(),
                        Set.of(UsageGrouping.DAY),
                        query.filter(),
                        new Sort(UsageColumn.ACCOUNT, false)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(
                        () -> new GroupedUsageQuery(query.from(), query.to(), Set.of(), query.filter(), query.sort()))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
