package dev.tollgate.postgres.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.core.analytics.grouped.GroupedUsage.Result;
import dev.tollgate.core.analytics.grouped.GroupedUsage.Row;
import dev.tollgate.core.analytics.grouped.GroupedUsage.Sums;
import dev.tollgate.core.analytics.grouped.GroupedUsageQuery;
import dev.tollgate.core.analytics.grouped.ReportRefusedException;
import dev.tollgate.core.analytics.grouped.UsageColumn;
import dev.tollgate.core.analytics.grouped.UsageGrouping;
import dev.tollgate.core.paging.PageRequest;
import dev.tollgate.postgres.support.PostgresCase;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Grouped usage over a real PostgreSQL. */
class JdbcGroupedUsageTest extends PostgresCase {

    private static final LocalDate TODAY = LocalDate.of(2026, 11, 22);
    private static final Map<String, String> RANGE = Map.of("from", "2026-10-01", "to", "2026-11-10");

    private final JdbcGroupedUsage usage = new JdbcGroupedUsage(postgres.database());

    private static GroupedUsageQuery query(String... more) {
        Map<String, String> given = new HashMap<>(RANGE);
        for (int i = 0; i < more.length; i += 2) {
            given.put(more[i], more[i + 1]);
        }
        return GroupedUsageQuery.parse(given::get, TODAY);
    }

    private static List<String> everyGrouping() {
        UsageGrouping[] all = UsageGrouping.values();
        return IntStream.range(1, 1 << all.length)
                .mapToObj(bits -> Arrays.stream(all)
                        .filter(grouping -> (bits & 1 << grouping.ordinal()) != 0)
                        .map(UsageGrouping::label)
                        .collect(Collectors.joining(",")))
                .toList();
    }

    private List<Row> table(GroupedUsageQuery query) {
        List<Row> rows = new ArrayList<>();
        usage.read(query, rows::add);
        return rows;
    }

    private List<Row> pages(GroupedUsageQuery query, int size) {
        List<Row> rows = new ArrayList<>();
        Result page;
        int number = 1;
        do {
            page = usage.page(query, new PageRequest(number++, size, ""));
            rows.addAll(page.rows());
        } while (!page.rows().isEmpty());
        assertThat(page.groups()).isEqualTo(rows.size());
        return rows;
    }

    private static Sums sum(List<Row> rows) {
        return rows.stream()
                .map(Row::sums)
                .reduce(
                        sums(0),
                        (some, more) -> new Sums(
                                some.totalRequests().add(more.totalRequests()),
                                some.successfulRequests().add(more.successfulRequests()),
                                some.failedRequests().add(more.failedRequests()),
                                some.totalFilesUploaded().add(more.totalFilesUploaded()),
                                some.totalFileSize().add(more.totalFileSize())));
    }

    private static Sums sums(long each) {
        BigInteger number = BigInteger.valueOf(each);
        return new Sums(number, number, number, number, number);
    }

    @Test
    void whateverUsageIsGroupedByTheRowsAreRightAndAddUpToTheSameTotals() {
        for (long seed = 1; seed <= 3; seed++) {
            postgres.clear();
            RandomUsage random = new RandomUsage(seed);
            random.fill(postgres);
            for (String group : everyGrouping()) {
                GroupedUsageQuery query = query("group", group);
                List<Row> table = table(query);
                assertThat(table).as(group).containsExactlyInAnyOrderElementsOf(random.rows(query));
                Result page = usage.page(query, new PageRequest(1, 200, ""));
                assertThat(page.groups()).as(group).isEqualTo(table.size());
                assertThat(page.totals())
                        .as(group)
                        .isEqualTo(random.totals(query))
                        .isEqualTo(sum(table));
                assertThat(page.rows()).as(group).isEqualTo(table.subList(0, Math.min(200, table.size())));
            }
        }
    }

    @Test
    void filtersNarrowWhateverUsageIsGroupedBy() {
        RandomUsage random = new RandomUsage(4);
        random.fill(postgres);
        RandomUsage.Key key = random.keys().get(1);
        String account = key.accountId().toString();
        List<String[]> filters = List.of(
                new String[] {"accountId", account},
                new String[] {"keyId", key.id().toString()},
                new String[] {"provider", "s3"},
                new String[] {"accountId", account, "provider", "local"},
                new String[] {"accountId", account, "keyId", key.id().toString(), "provider", "gcs"},
                new String[] {
                    "accountId", account, "keyId", random.keys().get(0).id().toString()
                },
                new String[] {"keyId", account},
                new String[] {"provider", "azure"});
        for (String[] filter : filters) {
            for (String group : everyGrouping()) {
                String[] all = Arrays.copyOf(filter, filter.length + 2);
                all[filter.length] = "group";
                all[filter.length + 1] = group;
                GroupedUsageQuery query = query(all);
                assertThat(table(query))
                        .as(Arrays.toString(all))
                        .containsExactlyInAnyOrderElementsOf(random.rows(query));
                assertThat(usage.page(query, PageRequest.first()).totals())
                        .as(Arrays.toString(all))
                        .isEqualTo(random.totals(query));
            }
        }
    }

    @Test
    @SuppressWarnings({"unchecked", "rawtypes"}) // columns have values of several types, each comparable with its own
    void everyColumnSortsAndPagesMissNothing() {
        RandomUsage random = new RandomUsage(5);
        random.fill(postgres);
        for (UsageColumn column : UsageColumn.values()) {
            for (String sort : List.of(column.label(), "-" + column.label())) {
                GroupedUsageQuery query =
                        query("group", "account,key,provider,day,month", "sort", sort, "to", "2026-10-07");
                List<Row> table = table(query);
                assertThat(pages(query, 37)).as(sort).isEqualTo(table);
                assertThat(table).as(sort).containsExactlyInAnyOrderElementsOf(random.rows(query));
                if (column != UsageColumn.ACCOUNT && column != UsageColumn.KEY_NAME) {
                    // Names are in the order of the database's language. Ids are in that of their text, unlike UUIDs in
                    // Java.
                    Comparator<Row> order = Comparator.comparing(row -> (Comparable) column.of(row));
                    assertThat(table).as(sort).isSortedAccordingTo(sort.startsWith("-") ? order.reversed() : order);
                }
            }
        }
    }

    @Test
    void namesSortWhateverTheirCase() {
        postgres.execute(
                "INSERT INTO accounts (id, name, tier) SELECT CAST(i AS uuid), n, 'free' FROM (VALUES"
                        + " ('00000000-0000-0000-0000-000000000001', 'b'), ('00000000-0000-0000-0000-000000000002', 'A'),"
                        + " ('00000000-0000-0000-0000-000000000003', 'C')) AS a (i, n)",
                "INSERT INTO api_keys (id, account_id, name, key_hash, prefix) SELECT id, id, name,"
                        + " encode(sha256(CAST(name AS bytea)), 'hex'), 'tg_test0' FROM accounts",
                "INSERT INTO api_key_usage_daily SELECT id, '2026-10-01', 7, 7, 7, 7, 7 FROM api_keys");
        assertThat(table(query("sort", "account"))).extracting(Row::account).containsExactly("A", "b", "C");
        assertThat(table(query("sort", "-totalRequests")))
                .as("of equal ones, by id")
                .extracting(Row::account)
                .containsExactly("b", "A", "C");
        assertThat(table(query("sort", "totalRequests")))
                .extracting(Row::account)
                .containsExactly("b", "A", "C");
    }

    @Test
    void daysOutsideOfTheRangeDoNotCount() {
        key();
        postgres.execute("INSERT INTO api_key_usage_daily SELECT id, d, 1, 1, 1, 1, 1 FROM api_keys,"
                + " generate_series(DATE '2026-09-01', DATE '2026-12-31', INTERVAL '1 day') d");
        Result all = usage.page(query("group", "month"), PageRequest.first());
        assertThat(all.rows()).extracting(Row::month).containsExactly("2026-10", "2026-11");
        assertThat(all.rows()).extracting(Row::sums).containsExactly(sums(31), sums(10));
        assertThat(usage.page(query("from", "2026-11-10"), PageRequest.first()).totals())
                .isEqualTo(sums(1));
    }

    private static void key() {
        postgres.execute(
                "INSERT INTO accounts (id, name, tier) VALUES ('00000000-0000-0000-0000-000000000001', 'Shop', 'free')",
                "INSERT INTO api_keys (id, account_id, name, key_hash, prefix) SELECT id, id, 'k', repeat('0', 64),"
                        + " 'tg_test0' FROM accounts");
    }

    @Test
    void sumsMayBeLargerThanALong() {
        key();
        long most = Long.MAX_VALUE;
        postgres.execute("INSERT INTO api_key_usage_daily SELECT id, d, " + most + ", " + most + ", " + most + ", "
                + most + ", " + most + " FROM api_keys, unnest(ARRAY[DATE '2026-10-01', DATE '2026-10-02']) d");
        Result result = usage.page(query(), PageRequest.first());
        assertThat(result.totals().totalFileSize()).isEqualTo(BigInteger.TWO.multiply(BigInteger.valueOf(most)));
        assertThat(result.rows()).extracting(Row::sums).containsExactly(result.totals());
    }

    @Test
    void withoutUsageThereAreNoRowsAndTotalsAreZero() {
        assertThat(usage.page(query(), PageRequest.first()).totals()).isEqualTo(sums(0));
        assertThat(table(query("group", "day"))).isEmpty();
    }

    @Test
    void aPageBeyondTheLastIsEmptyAndStillHasTheTotals() {
        RandomUsage random = new RandomUsage(6);
        random.fill(postgres);
        Result beyond = usage.page(query(), new PageRequest(PageRequest.MAX_PAGE, PageRequest.MAX_SIZE, ""));
        assertThat(beyond.rows()).isEmpty();
        assertThat(beyond.groups()).isEqualTo(RandomUsage.NAMES.size());
        assertThat(beyond.totals()).isEqualTo(random.totals(query()));
    }

    @Test
    void aReportSaysWhenTheLastBatchInItWasSettled() {
        postgres.execute("TRUNCATE settlement_batches");
        assertThat(usage.page(query(), PageRequest.first()).lastSettledAt()).isEmpty();
        postgres.execute("INSERT INTO settlement_batches VALUES (1, 'n', '2026-11-10T12:00:00Z', 1, 0, 0, 1),"
                + " (2, 'n', '2026-11-10T12:00:05Z', 1, 0, 0, 1)");
        assertThat(usage.page(query(), PageRequest.first()).lastSettledAt())
                .contains(Instant.parse("2026-11-10T12:00:05Z"));
    }

    @Test
    void atTheSameTimeOnlySomeReportsRunAndTheNextIsRefused() throws Exception {
        new RandomUsage(7).fill(postgres);
        int most = 4;
        ExecutorService threads = Executors.newFixedThreadPool(most);
        CountDownLatch reading = new CountDownLatch(most);
        CountDownLatch end = new CountDownLatch(1);
        try {
            for (int i = 0; i < most; i++) {
                threads.execute(() -> usage.read(query(), row -> {
                    reading.countDown();
                    awaitEnd(end);
                }));
            }
            reading.await();
            assertThatThrownBy(() -> usage.page(query(), PageRequest.first()))
                    .isInstanceOfSatisfying(
                            ReportRefusedException.class,
                            e -> assertThat(e.reason()).isEqualTo(ReportRefusedException.Reason.TOO_MANY_REPORTS));
            end.countDown();
            assertThat(usage.page(query(), PageRequest.first()).rows()).isNotEmpty();
        } finally {
            end.countDown();
            threads.shutdown();
        }
    }

    private static void awaitEnd(CountDownLatch end) {
        try {
            end.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aReportThatTakesTooLongIsGivenUp() throws SQLException {
        JdbcGroupedUsage hasty = new JdbcGroupedUsage(postgres.database(), Duration.ofMillis(200), 10);
        try (Connection other = postgres.server().dataSource().getConnection()) {
            other.setAutoCommit(false);
            other.createStatement().execute("LOCK TABLE api_key_usage_daily IN ACCESS EXCLUSIVE MODE");
            assertThatThrownBy(() -> hasty.page(query(), PageRequest.first()))
                    .isInstanceOfSatisfying(
                            ReportRefusedException.class,
                            e -> assertThat(e.reason()).isEqualTo(ReportRefusedException.Reason.TOO_SLOW));
            other.rollback();
        }
        assertThat(hasty.page(query(), PageRequest.first()).rows()).isEmpty();
    }

    @Test
    void whatTheReaderThrowsEndsTheReading() {
        new RandomUsage(8).fill(postgres);
        IllegalStateException enough = new IllegalStateException("enough");
        for (int i = 0; i < 10; i++) {
            assertThatThrownBy(() -> usage.read(query(), row -> {
                        throw enough;
                    }))
                    .isSameAs(enough);
        }
        assertThat(usage.page(query(), PageRequest.first()).rows()).isNotEmpty();
    }

    @Test
    void aTableOfMoreRowsThanAllowedIsRefusedBeforeTheFirst() {
        new RandomUsage(9).fill(postgres);
        int accounts = RandomUsage.NAMES.size();
        List<Row> read = new ArrayList<>();
        assertThatThrownBy(() -> bounded(accounts - 1).read(query(), read::add))
                .isInstanceOfSatisfying(
                        ReportRefusedException.class,
                        e -> assertThat(e.reason()).isEqualTo(ReportRefusedException.Reason.TOO_MANY_ROWS));
        assertThat(read).isEmpty();
        bounded(accounts).read(query(), read::add);
        assertThat(read).hasSize(accounts);
    }

    private static JdbcGroupedUsage bounded(int maxRows) {
        return new JdbcGroupedUsage(postgres.database(), Duration.ofSeconds(20), maxRows);
    }
}
