package dev.tollgate.postgres.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.core.account.DatabaseUnavailableException;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.paging.Page;
import dev.tollgate.core.paging.PageRequest;
import dev.tollgate.core.refusal.RefusalLog;
import dev.tollgate.core.refusal.RefusalMaintenance;
import dev.tollgate.core.refusal.RefusalReason;
import dev.tollgate.core.refusal.RefusalRow;
import dev.tollgate.core.refusal.ShadowedLimit;
import dev.tollgate.postgres.support.PostgresCase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class JpaRefusalLogTest extends PostgresCase {

    private static final Caller ACCOUNT = Caller.account("11111111-1111-4111-8111-111111111111");
    private static final Caller ADDRESS = Caller.address("192.0.2.7");
    private static final long NOON = Instant.parse("2026-11-22T12:00:00Z").toEpochMilli();

    private final RefusalLog log = new JpaRefusalLog(postgres.database());

    private static RefusalRow row(long at, Caller caller, RefusalReason reason, String request, long count) {
        String address = caller == null ? null : "192.0.2.7";
        String key = caller == ACCOUNT ? "22222222-2222-4222-8222-222222222222" : null;
        return new RefusalRow(UUID.randomUUID().toString(), at, at + 10, caller, key, address, request, reason, count);
    }

    private static RefusalReason reason(String route, String policy, String code, boolean shadow) {
        return new RefusalReason(route, policy, 429, code, shadow);
    }

    private static RefusalReason minute(boolean shadow) {
        return reason("search", "minute", "RATE_LIMIT_EXCEEDED", shadow);
    }

    private List<RefusalRow> page(RefusalLog.Filter filter) {
        return log.page(filter, PageRequest.first()).items();
    }

    private static RefusalLog.Filter filter(String caller, String route, String code, String request, Boolean shadow) {
        return new RefusalLog.Filter(
                Optional.ofNullable(caller),
                Optional.ofNullable(route),
                Optional.ofNullable(code),
                Optional.ofNullable(request),
                Optional.ofNullable(shadow),
                Optional.empty(),
                Optional.empty());
    }

    @Test
    void whatIsKeptIsReadBackNewestFirst() {
        List<RefusalRow> rows = List.of(
                row(NOON + 3, ACCOUNT, minute(true), "a".repeat(32), 17),
                row(NOON + 2, ADDRESS, reason("search", null, "BANNED", false), "b".repeat(32), 1),
                row(NOON + 1, null, minute(false), null, Integer.MAX_VALUE + 1L));
        List<RefusalRow> oldestFirst = new ArrayList<>(rows);
        Collections.reverse(oldestFirst);
        log.keep(oldestFirst);
        assertThat(page(RefusalLog.Filter.NONE)).isEqualTo(rows);
    }

    @Test
    void ofARowThatIsKeptAgainTheLargerCountAndTheLaterEndStay() {
        RefusalRow first = row(NOON, ACCOUNT, minute(false), "a".repeat(32), 1);
        RefusalRow grown = new RefusalRow(
                first.id(),
                NOON,
                NOON + 50_000,
                ACCOUNT,
                first.keyId(),
                first.address(),
                first.requestId(),
                first.reason(),
                9);
        log.keep(List.of(first));
        log.keep(List.of(grown));
        log.keep(List.of(first, grown));
        log.keep(List.of(first));
        assertThat(page(RefusalLog.Filter.NONE)).containsExactly(grown);
    }

    @Test
    void filtersNarrowAndARequestsIdFindsItsRowAlone() {
        RefusalRow mine = row(NOON, ACCOUNT, minute(false), "a".repeat(32), 1);
        RefusalRow shadowed = row(NOON - 1, ACCOUNT, minute(true), "b".repeat(32), 1);
        RefusalRow stranger =
                row(NOON - 2, ADDRESS, reason("check", null, "INVALID_API_KEY", false), "c".repeat(32), 1);
        log.keep(List.of(mine, shadowed, stranger));
        assertThat(page(filter(null, null, null, "b".repeat(32), null))).containsExactly(shadowed);
        assertThat(page(filter(null, null, null, "d".repeat(32), null))).isEmpty();
        assertThat(page(filter(ACCOUNT.id(), null, null, null, null))).containsExactly(mine, shadowed);
        assertThat(page(filter(ADDRESS.id(), null, null, null, null))).containsExactly(stranger);
        assertThat(page(filter(null, "check", null, null, null))).containsExactly(stranger);
        assertThat(page(filter(null, null, "RATE_LIMIT_EXCEEDED", null, false))).containsExactly(mine);
        assertThat(page(filter(null, null, null, null, true))).containsExactly(shadowed);
        assertThat(page(filter("x\0' OR 1=1", "\ud800", null, null, null))).isEmpty();
        RefusalLog.Filter between = new RefusalLog.Filter(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(Instant.ofEpochMilli(NOON - 1)),
                Optional.of(Instant.ofEpochMilli(NOON)));
        assertThat(page(between)).containsExactly(shadowed);
    }

    @Test
    void pagesAndWalksGiveEachRowOnceAlsoWhereTimesAreEqual() {
        List<RefusalRow> rows = IntStream.range(0, 25)
                .mapToObj(i -> row(NOON + i / 10, ADDRESS, minute(false), null, 1))
                .toList();
        log.keep(rows);
        List<RefusalRow> paged = new ArrayList<>();
        for (int page = 1; page <= 3; page++) {
            Page<RefusalRow> one = log.page(RefusalLog.Filter.NONE, new PageRequest(page, 10, ""));
            assertThat(one.total()).isEqualTo(25);
            paged.addAll(one.items());
        }
        assertThat(paged).containsExactlyInAnyOrderElementsOf(rows);
        List<RefusalRow> walked = new ArrayList<>();
        Optional<RefusalRow> last = Optional.empty();
        List<RefusalRow> more;
        while (!(more = log.after(RefusalLog.Filter.NONE, last, 7)).isEmpty()) {
            walked.addAll(more);
            last = Optional.of(more.get(more.size() - 1));
        }
        assertThat(walked).isEqualTo(paged);
    }

    @Test
    void aShadowReportSumsCountsByLimitAndNamesTheTenCallersWithMost() {
        for (int i = 1; i <= 12; i++) {
            Caller caller = Caller.account("account-" + i);
            log.keep(List.of(
                    row(NOON + i, caller, minute(true), null, i),
                    row(NOON + 60_000 + i, caller, minute(true), null, 10)));
        }
        log.keep(List.of(
                row(NOON + 500, null, minute(true), null, 1_000),
                row(NOON, ADDRESS, reason("search", null, "CONCURRENCY_LIMIT_EXCEEDED", true), null, 5),
                row(NOON, ADDRESS, minute(false), null, 77),
                row(NOON, ADDRESS, reason("other", "minute", "RATE_LIMIT_EXCEEDED", true), null, 88)));
        List<ShadowedLimit> report = log.shadow("search", Optional.empty(), Optional.empty());
        assertThat(report).hasSize(2);
        ShadowedLimit minute = report.get(0);
        assertThat(minute.policy()).isEqualTo("minute");
        assertThat(minute.code()).isEqualTo("RATE_LIMIT_EXCEEDED");
        assertThat(minute.requests()).isEqualTo(78 + 120 + 1_000);
        assertThat(minute.callers()).isEqualTo(12);
        assertThat(minute.first()).isEqualTo(Instant.ofEpochMilli(NOON + 1));
        assertThat(minute.last()).isEqualTo(Instant.ofEpochMilli(NOON + 60_000 + 12 + 10));
        assertThat(minute.top()).hasSize(10).startsWith(new ShadowedLimit.Top("account-12", 22));
        assertThat(report.get(1).policy()).isNull();
        assertThat(report.get(1).requests()).isEqualTo(5);
        assertThat(report.get(1).top()).containsExactly(new ShadowedLimit.Top(ADDRESS.id(), 5));
        Optional<Instant> later = Optional.of(Instant.ofEpochMilli(NOON + 60_000));
        assertThat(log.shadow("search", later, Optional.empty()))
                .singleElement()
                .satisfies(limit -> assertThat(limit.requests()).isEqualTo(120));
        assertThat(log.shadow("search", Optional.empty(), Optional.of(Instant.ofEpochMilli(NOON))))
                .isEmpty();
        assertThat(log.shadow("none", Optional.empty(), Optional.empty())).isEmpty();
    }

    @Test
    void aReportOfCallersBeyondTheBoundAloneNamesNobody() {
        log.keep(List.of(row(NOON, null, minute(true), null, 3)));
        assertThat(log.shadow("search", Optional.empty(), Optional.empty()))
                .singleElement()
                .satisfies(limit -> {
                    assertThat(limit.callers()).isZero();
                    assertThat(limit.top()).isEmpty();
                    assertThat(limit.requests()).isEqualTo(3);
                });
    }

    @Test
    void oldRowsAreDeletedAndYoungOnesStay() {
        Instant now = Instant.ofEpochMilli(NOON);
        long old = now.minus(Duration.ofDays(31)).toEpochMilli();
        log.keep(IntStream.range(0, 5_100)
                .mapToObj(i -> row(old, ADDRESS, minute(false), null, 1))
                .toList());
        RefusalRow young = row(now.minus(Duration.ofDays(29)).toEpochMilli(), ADDRESS, minute(false), null, 1);
        log.keep(List.of(young));
        assertThat(log.forget(now.minus(Duration.ofDays(30)), 10)).isEqualTo(10);
        new RefusalMaintenance(log, Duration.ofDays(30)).run(now);
        assertThat(page(RefusalLog.Filter.NONE)).containsExactly(young);
    }

    @Test
    void aDatabaseWithoutTheTableCountsAsUnavailableUntilTheMigrationMakesIt() {
        postgres.execute("ALTER TABLE refusals RENAME TO elsewhere");
        try {
            List<RefusalRow> rows = List.of(row(NOON, ADDRESS, minute(false), null, 1));
            assertThatThrownBy(() -> log.keep(rows)).isInstanceOf(DatabaseUnavailableException.class);
        } finally {
            postgres.execute("ALTER TABLE elsewhere RENAME TO refusals");
        }
    }

    @Test
    void aRowTakesLessThan600BytesWithItsIndexes() {
        postgres.execute("""
                INSERT INTO refusals (id, at, last_at, caller, key_id, address, request_id, route, policy, status, code, shadow, count)
                SELECT gen_random_uuid(), now() - n * interval '1 second', now(), CAST(gen_random_uuid() AS text),
                  CAST(gen_random_uuid() AS text), '192.0.2.123', md5(CAST(n AS text)), 'uploads', 'minute', 429,
                  'RATE_LIMIT_EXCEEDED', n % 2 = 0, n
                FROM generate_series(1, 50000) AS n""");
        String bytes = postgres.column("SELECT CAST(pg_total_relation_size('refusals') / 50000 AS text)")
                .get(0);
        assertThat(Long.parseLong(bytes)).as("bytes of a row").isBetween(400L, 600L);
    }
}
