package dev.tollgate.postgres.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.analytics.SettledUsage;
import dev.tollgate.core.analytics.grouped.GroupedUsageQuery;
import dev.tollgate.core.analytics.query.DailyQuery;
import dev.tollgate.core.analytics.query.FileTypesQuery;
import dev.tollgate.core.analytics.query.ProvidersQuery;
import dev.tollgate.core.analytics.query.ReportQuery;
import dev.tollgate.core.analytics.query.UploadQuery;
import dev.tollgate.fixture.Ports;
import dev.tollgate.postgres.support.MigratedPostgres;
import jakarta.persistence.EntityManager;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Map;
import org.eclipse.persistence.jpa.JpaQuery;
import org.eclipse.persistence.queries.DatabaseQuery;
import org.eclipse.persistence.sessions.DatabaseRecord;
import org.eclipse.persistence.sessions.Session;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests that a report reads only the rows it is about, by index, with a year of usage of 1,000 keys. */
class ReportPlansTest {

    private static final LocalDate TODAY = LocalDate.of(2026, 11, 22);
    private static final String KEY = YearOfUsage.KEY;
    private static final Map<String, String> LITERALS =
            Map.of("?1", "'" + KEY + "'::uuid", "?2", "'0001-01-01'::date", "?3", "'9999-12-31'::date", "?5", "NULL");

    private static MigratedPostgres postgres;
    private static JpaUsageReports reports;

    @BeforeAll
    static void aYearOfAThousandKeys() {
        postgres = MigratedPostgres.start();
        reports = new JpaUsageReports(postgres.database());
        YearOfUsage.fill(postgres);
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    /** Returns the rows read by index and by sequential scan so far. */
    private record Reads(long byIndex, long byTable, long indexScans) {}

    private static Reads reads() {
        String[] sums = postgres.column("SELECT sum(idx_tup_fetch) || ' ' || sum(seq_tup_read) || ' ' || sum(idx_scan)"
                        + " FROM pg_stat_user_tables WHERE relname IN"
                        + " ('api_keys', 'provider_usage', 'api_key_usage_daily', 'provider_usage_daily')")
                .get(0)
                .split(" ");
        return new Reads(Long.parseLong(sums[0]), Long.parseLong(sums[1]), Long.parseLong(sums[2]));
    }

    private static SettledUsage settled(ReportQuery query, long most) {
        Reads before = reads();
        SettledUsage settled = reports.settled(KEY, query).orElseThrow();
        // The counters are updated a moment later.
        Ports.await("the reads counted", Duration.ofSeconds(10), () -> reads().indexScans() > before.indexScans());
        Reads after = reads();
        assertThat(after.byTable()).as("rows of whole tables").isEqualTo(before.byTable());
        assertThat(after.byIndex() - before.byIndex()).as("rows by index").isLessThanOrEqualTo(most);
        return settled;
    }

    @Test
    void totalsReadOneRowPerProvider() {
        SettledUsage settled = settled(UploadQuery.parse(null), 5);
        assertThat(settled.batch()).isEqualTo(7);
        assertThat(settled.usage().totals().fileTypes()).isEqualTo(Map.of("image/png", 3L));
        assertThat(settled.usage().providers()).hasSize(4);
        assertThat(settled(UploadQuery.parse("s3"), 5).usage().providers()).containsOnlyKeys("s3");
    }

    @Test
    void daysReadOneRowMoreThanTheyShow() {
        SettledUsage settled = settled(DailyQuery.parse(null, null, null, TODAY), 32);
        assertThat(settled.usage().days()).hasSize(31).containsKey(TODAY).doesNotContainKey(TODAY.minusDays(31));
        assertThat(settled(DailyQuery.parse("2026-01-01", "2026-01-10", null, TODAY), 11)
                        .usage()
                        .days())
                .hasSize(10);
        assertThat(settled(DailyQuery.parse("2020-01-01", "2020-01-10", null, TODAY), 11)
                        .usage()
                        .days())
                .isEmpty();
    }

    @Test
    void providersReadTheDaysTheyShow() {
        // The row of the key, 4 totals, 90 days, and 4 providers on each day.
        SettledUsage settled = settled(ProvidersQuery.parse(null, null, null, TODAY), 1 + 4 + 90 + 360);
        assertThat(settled.usage().providerDays()).hasSize(360);
        assertThat(settled.usage().providers()).hasSize(4);
        SettledUsage one = settled(ProvidersQuery.parse("gcs", "2026-11-01", "2026-11-07", TODAY), 1 + 4 + 7 + 28);
        assertThat(one.usage().providerDays()).hasSize(7);
        assertThat(one.usage().providers()).containsOnlyKeys("gcs");
        SettledUsage year = settled(ProvidersQuery.parse(null, "2025-11-23", null, TODAY), 1 + 4 + 365 + 1460);
        assertThat(year.usage().providerDays()).hasSize(1460);
    }

    @Test
    void fileTypesReadOneRow() {
        assertThat(settled(new FileTypesQuery(), 1).usage().totals().fileTypes())
                .isEqualTo(Map.of("image/png", 3L));
    }

    @Test
    void plansNameIndexesAndNoSequentialScan() {
        String totals = postgres.database().inTransaction(ReportPlansTest::totalsAndProvidersAsSql);
        assertThat(plan(totals))
                .contains("api_keys_pkey", "provider_usage_pkey")
                .doesNotContain("Seq Scan");
        assertThat(plan(literal(JpaUsageReports.DAYS, 30)))
                .contains("api_keys_pkey", "Index Scan Backward using api_key_usage_daily_pkey")
                .doesNotContain("Seq Scan");
        assertThat(plan(literal(JpaUsageReports.PROVIDERS, 90)))
                .contains(
                        "api_keys_pkey", "provider_usage_pkey", "api_key_usage_daily_pkey", "provider_usage_daily_pkey")
                .doesNotContain("Seq Scan");
    }

    @Test
    void aMonthOfAllKeysIsFoundByDay() {
        String month = plan(monthOfAllKeys("account"));
        assertThat(month).contains("api_key_usage_daily_by_day").doesNotContain("Seq Scan on api_key_usage_daily");
        String providers = plan(monthOfAllKeys("account,provider"));
        assertThat(providers)
                .contains("provider_usage_daily_by_day")
                .doesNotContain("Seq Scan on provider_usage_daily");
    }

    private static String monthOfAllKeys(String group) {
        Map<String, String> given = Map.of("from", "2026-10-01", "to", "2026-10-31", "group", group);
        GroupedUsageSql sql = GroupedUsageSql.quick(GroupedUsageQuery.parse(given::get, TODAY));
        String literal = sql.page().replace("LIMIT ? OFFSET ?", "LIMIT 50 OFFSET 0");
        for (Object value : sql.parameters()) {
            literal = literal.replaceFirst("[?]", "'" + value + "'");
        }
        return literal;
    }

    private static String totalsAndProvidersAsSql(EntityManager entities) {
        JpaQuery<?> query =
                entities.createQuery(JpaUsageReports.TOTALS_AND_PROVIDERS).unwrap(JpaQuery.class);
        DatabaseQuery prepared = query.getDatabaseQuery();
        prepared.prepareCall(entities.unwrap(Session.class), new DatabaseRecord());
        return prepared.getSQLString()
                .replaceFirst("\\? = \\?", "TRUE")
                .replaceFirst("(?i)(\\.provider = )\\?", "$1''")
                .replaceFirst("(?i)(\\.id = )\\?", "$1" + LITERALS.get("?1"));
    }

    private static String literal(String sql, int most) {
        String literal = sql.replace("?4", Integer.toString(most));
        for (Map.Entry<String, String> entry : LITERALS.entrySet()) {
            literal = literal.replace(entry.getKey(), entry.getValue());
        }
        return literal;
    }

    private static String plan(String sql) {
        return String.join("\n", postgres.column("EXPLAIN " + sql));
    }
}
