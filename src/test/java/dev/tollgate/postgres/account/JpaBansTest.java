package dev.tollgate.postgres.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.tollgate.core.audit.AuditEvent;
import dev.tollgate.core.audit.AuditLog;
import dev.tollgate.core.audit.BanEvent;
import dev.tollgate.core.limit.AccountStateSource.AccountState;
import dev.tollgate.core.limit.Ban;
import dev.tollgate.core.limit.BanLevel;
import dev.tollgate.core.limit.BanRepository.BannedCaller;
import dev.tollgate.core.limit.BillingMonth;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.paging.Page;
import dev.tollgate.core.paging.PageRequest;
import dev.tollgate.postgres.audit.JpaAuditLog;
import dev.tollgate.postgres.audit.JpaAuditSink;
import dev.tollgate.postgres.support.PostgresCase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class JpaBansTest extends PostgresCase {

    private static final long NOW = Instant.parse("2026-11-30T23:59:59.500Z").toEpochMilli();
    private static final BillingMonth NOVEMBER = BillingMonth.at(NOW);
    private static final BanLevel FIVE_MINUTES = BanLevel.lasting(Duration.ofMinutes(5));
    private static final BanLevel ONE_DAY = BanLevel.lasting(Duration.ofDays(1));

    private final JpaBanRepository bans = new JpaBanRepository(postgres.database());

    private static void write(AuditEvent... events) {
        try (JpaAuditSink trail = new JpaAuditSink(postgres.database(), 100, Thread::new)) {
            for (AuditEvent event : events) {
                trail.note(event);
            }
        }
    }

    private static Caller address(int last) {
        return Caller.address("192.0.2." + last);
    }

    private Page<BannedCaller> active() {
        return bans.active(PageRequest.first(), NOW);
    }

    @Test
    void firstPermanentBanIsKeptAndForgottenOnce() {
        Caller caller = address(1);
        Ban first = Ban.starting(BanLevel.PERMANENT, "spam \"x\"", NOW);
        bans.keep(caller, first);
        bans.keep(caller, Ban.starting(BanLevel.PERMANENT, "later", NOW + 5_000));
        assertThat(active().items()).containsExactly(new BannedCaller(caller, first));
        assertThat(bans.forget(caller)).isTrue();
        assertThat(bans.forget(caller)).isFalse();
        assertThat(active().total()).isZero();
        Ban temporary = Ban.starting(ONE_DAY, "no", NOW);
        assertThatThrownBy(() -> bans.keep(caller, temporary)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void activeBansAreThePermanentOnesAndTheTemporaryOnesNotEndedOrReplaced() {
        Ban running = Ban.starting(FIVE_MINUTES, "over", NOW - 299_999);
        Ban ended = Ban.starting(FIVE_MINUTES, "over", NOW - 300_000);
        Ban escalated = Ban.starting(ONE_DAY, "again", NOW - 1_000);
        Ban permanent = Ban.starting(BanLevel.PERMANENT, "for good", NOW - 10);
        bans.keep(address(5), permanent);
        write(
                BanEvent.applied(address(1), running, false, AuditEvent.GATE),
                BanEvent.applied(address(2), ended, false, AuditEvent.GATE),
                BanEvent.applied(address(3), running, false, AuditEvent.GATE),
                BanEvent.applied(address(3), escalated, true, AuditEvent.GATE),
                BanEvent.applied(address(4), running, false, AuditEvent.GATE),
                BanEvent.lifted(address(4), "5_MIN", "sorry", NOW - 20, "alice"),
                BanEvent.applied(address(5), running, false, AuditEvent.GATE),
                BanEvent.applied(address(5), permanent, true, AuditEvent.GATE));
        assertThat(active().items())
                .containsExactly(
                        new BannedCaller(address(5), permanent),
                        new BannedCaller(address(3), escalated),
                        new BannedCaller(address(1), running));
        assertThat(active().total()).isEqualTo(3);
        assertThat(bans.active(new PageRequest(2, 2, ""), NOW).items())
                .containsExactly(new BannedCaller(address(1), running));
        assertThat(bans.active(new PageRequest(1, 10, "AGAIN"), NOW).items()).hasSize(1);
        assertThat(bans.active(new PageRequest(1, 10, "192.0.2.5"), NOW).items())
                .hasSize(1);
    }

    @Test
    void banAppliedAgainAfterALiftIsActive() {
        Ban first = Ban.starting(ONE_DAY, "one", NOW - 3_000);
        Ban second = Ban.starting(ONE_DAY, "two", NOW - 1_000);
        write(
                BanEvent.applied(address(1), first, false, AuditEvent.GATE),
                BanEvent.lifted(address(1), "1_DAY", "sorry", NOW - 2_000, "alice"),
                BanEvent.applied(address(1), second, false, "alice"));
        assertThat(active().items()).containsExactly(new BannedCaller(address(1), second));
    }

    @Test
    void endOfABanIsNotedOnceAndOnlyIfTheBanRanOutByItself() throws Exception {
        Ban over = Ban.starting(FIVE_MINUTES, "over", NOW - 400_000);
        Ban again = Ban.starting(FIVE_MINUTES, "again", NOW - 350_000);
        Ban running = Ban.starting(ONE_DAY, "over", NOW - 400_000);
        write(
                BanEvent.applied(address(1), over, false, AuditEvent.GATE),
                BanEvent.applied(address(2), over, false, AuditEvent.GATE),
                BanEvent.lifted(address(2), "5_MIN", "sorry", NOW - 390_000, "alice"),
                BanEvent.applied(address(3), over, false, AuditEvent.GATE),
                BanEvent.applied(address(3), running, true, AuditEvent.GATE),
                BanEvent.applied(
                        address(4), Ban.starting(FIVE_MINUTES, "over", NOW - 1_000_000), false, AuditEvent.GATE),
                BanEvent.applied(address(4), again, false, AuditEvent.GATE),
                BanEvent.applied(address(5), Ban.starting(BanLevel.PERMANENT, "x", NOW - 400_000), true, "alice"));
        JpaAuditLog log = new JpaAuditLog(postgres.database());
        Instant after = Instant.ofEpochMilli(NOW - 3_600_000);
        Instant until = Instant.ofEpochMilli(NOW);
        ExecutorService nodes = Executors.newFixedThreadPool(4);
        int noted = 0;
        try {
            for (Future<Integer> node :
                    nodes.invokeAll(Collections.<Callable<Integer>>nCopies(4, () -> log.noteEndedBans(after, until)))) {
                noted += node.get();
            }
        } finally {
            nodes.shutdownNow();
        }
        AuditLog.Filter expired = new AuditLog.Filter(
                Optional.empty(), Set.of(AuditEvent.Type.BAN_EXPIRED), Optional.empty(), Optional.empty());
        Page<AuditLog.Row> rows = log.page(expired, PageRequest.first());
        assertThat(noted).isEqualTo(3);
        assertThat(rows.items())
                .extracting(AuditLog.Row::caller, AuditLog.Row::at)
                .containsExactlyInAnyOrder(
                        tuple(address(1).id(), Instant.ofEpochMilli(NOW - 100_000)),
                        tuple(address(4).id(), Instant.ofEpochMilli(NOW - 700_000)),
                        tuple(address(4).id(), Instant.ofEpochMilli(NOW - 50_000)));
        assertThat(rows.items().get(0).details()).containsEntry(BanEvent.LEVEL, "5_MIN");
        assertThat(log.noteEndedBans(until, until.plusSeconds(600))).isZero();
    }

    @Test
    void rowsThatAreTooOldAreForgottenInPortions() {
        for (int i = 0; i < 5; i++) {
            write(BanEvent.lifted(address(1), "1_DAY", "old", NOW - 1_000 - i, "alice"));
        }
        write(BanEvent.lifted(address(1), "1_DAY", "young", NOW, "alice"));
        JpaAuditLog log = new JpaAuditLog(postgres.database());
        assertThat(log.forget(Instant.ofEpochMilli(NOW), 3)).isEqualTo(3);
        assertThat(log.forget(Instant.ofEpochMilli(NOW), 3)).isEqualTo(2);
        assertThat(log.page(AuditLog.Filter.NONE, PageRequest.first()).items())
                .extracting(row -> row.details().get(BanEvent.REASON))
                .containsExactly("young");
    }

    @Test
    void recallGivesTheMonthsUsageAndThePermanentBan() {
        JpaAccountStateSource history = new JpaAccountStateSource(postgres.database(), Runnable::run);
        String id = new JpaAccounts(postgres.database()).create("shop", "free").id();
        postgres.execute("INSERT INTO quota_usage (account_id, month, used) VALUES ('" + id + "', '2026-11', 812),"
                + " ('" + id + "', '2026-10', 5)");
        Ban ban = Ban.starting(BanLevel.PERMANENT, "spam", NOW);
        bans.keep(Caller.account(id), ban);
        assertThat(recall(history, Caller.account(id))).isEqualTo(new AccountState(812, Optional.of(ban)));
        bans.forget(Caller.account(id));
        assertThat(recall(history, Caller.account(id))).isEqualTo(new AccountState(812, Optional.empty()));
        assertThat(recall(history, address(9))).isEqualTo(AccountState.NONE);
        assertThat(recall(history, Caller.account("not-an-id"))).isEqualTo(AccountState.NONE);
        bans.keep(address(9), ban);
        assertThat(recall(history, address(9))).isEqualTo(new AccountState(0, Optional.of(ban)));
    }

    private static AccountState recall(JpaAccountStateSource history, Caller caller) {
        return history.load(caller, NOVEMBER).toCompletableFuture().join();
    }

    @Test
    void recallsOfOneCallerAtTheSameTimeShareOneQuery() {
        List<Runnable> queries = new ArrayList<>();
        JpaAccountStateSource history = new JpaAccountStateSource(postgres.database(), queries::add);
        List<CompletableFuture<AccountState>> answers = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            answers.add(history.load(address(1), NOVEMBER).toCompletableFuture());
        }
        answers.add(history.load(address(2), NOVEMBER).toCompletableFuture());
        assertThat(queries).hasSize(2);
        queries.forEach(Runnable::run);
        assertThat(answers).allSatisfy(answer -> assertThat(answer.join()).isEqualTo(AccountState.NONE));
        history.load(address(1), NOVEMBER);
        assertThat(queries).as("a later one asks again").hasSize(3);
    }
}
