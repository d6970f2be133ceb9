package dev.tollgate.postgres.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.core.account.Account;
import dev.tollgate.core.account.ApiKeyToken;
import dev.tollgate.core.account.ApiKeys.NewKey;
import dev.tollgate.core.account.DatabaseUnavailableException;
import dev.tollgate.core.account.KeySettings;
import dev.tollgate.core.analytics.grouped.GroupedUsageQuery;
import dev.tollgate.core.audit.AuditEvent;
import dev.tollgate.core.audit.AuditLog;
import dev.tollgate.core.limit.BillingMonth;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.paging.Page;
import dev.tollgate.core.paging.PageRequest;
import dev.tollgate.fixture.Ports;
import dev.tollgate.postgres.account.JpaAccountDirectory;
import dev.tollgate.postgres.account.JpaAccountStateSource;
import dev.tollgate.postgres.account.JpaAccounts;
import dev.tollgate.postgres.account.JpaApiKeys;
import dev.tollgate.postgres.audit.JpaAuditLog;
import dev.tollgate.postgres.audit.JpaAuditSink;
import dev.tollgate.postgres.report.JdbcGroupedUsage;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests an outage of PostgreSQL and the time after it. */
class JpaOutageTest {

    private static MigratedPostgres postgres;

    @BeforeAll
    static void start() {
        postgres = MigratedPostgres.start();
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    private static AuditEvent event(int number) {
        return new AuditEvent(
                AuditEvent.Type.LIMIT_EXCEEDED, number, "ip:192.0.2.7", AuditEvent.GATE, Map.of("number", "" + number));
    }

    @Test
    void deadDatabaseIsUnavailableAndNeverAnUnknownKey() {
        Database database = postgres.database();
        JpaAccountDirectory directory = new JpaAccountDirectory(database);
        Account account = new JpaAccounts(database).create("shop", "free");
        ApiKeyToken token = ApiKeyToken.generate();
        new JpaApiKeys(database).create(List.of(NewKey.of(account.id(), token, KeySettings.named("ci"))));
        JpaAccountStateSource history = new JpaAccountStateSource(database, Runnable::run);
        JpaAuditSink trail = new JpaAuditSink(database, 100, Thread::new);

        postgres.server().kill();
        assertThatThrownBy(() -> directory.findByHash(token.hash())).isInstanceOf(DatabaseUnavailableException.class);
        assertThatThrownBy(directory::tiers).isInstanceOf(DatabaseUnavailableException.class);
        assertThatThrownBy(() -> new JpaAccounts(database).create("lost", "free"))
                .isInstanceOf(DatabaseUnavailableException.class);
        assertThat(history.load(Caller.account(account.id()), BillingMonth.at(0))
                        .toCompletableFuture())
                .isCompletedExceptionally();
        JdbcGroupedUsage usage = new JdbcGroupedUsage(database);
        GroupedUsageQuery query = GroupedUsageQuery.parse(name -> null, LocalDate.of(2026, 11, 22));
        assertThatThrownBy(() -> usage.page(query, PageRequest.first()))
                .isInstanceOf(DatabaseUnavailableException.class);
        assertThatThrownBy(() -> usage.read(query, row -> {})).isInstanceOf(DatabaseUnavailableException.class);
        for (int i = 0; i < 50; i++) {
            trail.note(event(i));
        }
        Ports.await("the trail noticing", Duration.ofSeconds(20), trail::isUnavailable);

        postgres.server().restart();
        assertThat(directory.findByHash(token.hash())).isPresent();
        assertThat(usage.page(query, PageRequest.first()).rows()).isEmpty();
        AuditLog log = new JpaAuditLog(database);
        Ports.await("every event", Duration.ofSeconds(20), () -> count(log) == 50);
        assertThat(postgres.column("SELECT details ->> 'number' FROM audit_logs ORDER BY id"))
                .containsExactlyElementsOf(numbers(50));
        assertThat(trail.dropped()).isZero();
        assertThat(trail.isUnavailable()).isFalse();
        trail.close();
    }

    private static long count(AuditLog log) {
        Page<AuditLog.Row> page = log.page(AuditLog.Filter.NONE, PageRequest.first());
        return page.total();
    }

    private static List<String> numbers(int count) {
        return java.util.stream.IntStream.range(0, count)
                .mapToObj(Integer::toString)
                .toList();
    }

    @Test
    void aFullExecutorFailsTheLoadAndTheNextOneQueriesAgain() {
        Executor full = task -> {
            throw new java.util.concurrent.RejectedExecutionException("full");
        };
        JpaAccountStateSource history = new JpaAccountStateSource(postgres.database(), full);
        BillingMonth month = BillingMonth.at(0);
        for (int i = 0; i < 2; i++) {
            assertThat(history.load(Caller.address("192.0.2.1"), month).toCompletableFuture())
                    .isCompletedExceptionally();
        }
    }
}
