package dev.tollgate.postgres.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.audit.AuditEvent;
import dev.tollgate.core.audit.AuditLog;
import dev.tollgate.core.paging.Page;
import dev.tollgate.core.paging.PageRequest;
import dev.tollgate.core.trace.CurrentRequest;
import dev.tollgate.fixture.Ports;
import dev.tollgate.postgres.support.Database;
import dev.tollgate.postgres.support.PostgresCase;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class JpaAuditTest extends PostgresCase {

    private final AuditLog log = new JpaAuditLog(postgres.database());

    private static AuditEvent event(AuditEvent.Type type, long at, String caller, Map<String, String> details) {
        return new AuditEvent(type, at, caller, "alice", details);
    }

    private static void write(AuditEvent... events) {
        try (JpaAuditSink trail = new JpaAuditSink(postgres.database(), 10_000, Thread::new)) {
            for (AuditEvent event : events) {
                trail.note(event);
            }
        }
    }

    private Page<AuditLog.Row> search(String q) {
        return log.page(AuditLog.Filter.NONE, new PageRequest(1, 50, q));
    }

    @Test
    void everyTypeOfEventPassesTheDatabasesCheck() {
        write(Arrays.stream(AuditEvent.Type.values())
                .map(type -> event(type, 1_000, null, Map.of()))
                .toArray(AuditEvent[]::new));
        assertThat(postgres.column("SELECT type FROM audit_logs ORDER BY id"))
                .containsExactly(
                        Arrays.stream(AuditEvent.Type.values()).map(Enum::name).toArray(String[]::new));
    }

    @Test
    void closeWritesWhatWaitsInOrderOfArrival() {
        write(IntStream.range(0, 3_000)
                .mapToObj(i -> event(AuditEvent.Type.LIMIT_EXCEEDED, 5_000 - i, "a", Map.of("n", "" + i)))
                .toArray(AuditEvent[]::new));
        assertThat(postgres.column("SELECT details ->> 'n' FROM audit_logs ORDER BY id"))
                .containsExactlyElementsOf(
                        IntStream.range(0, 3_000).mapToObj(Integer::toString).toList());
    }

    @Test
    void whatARequestBroughtCarriesItsId() {
        CurrentRequest.begin("4bf92f3577b34da6a3ce929d0e0e4736");
        try {
            write(event(AuditEvent.Type.KEY_CREATED, 1, "a", Map.of("n", "1")));
        } finally {
            CurrentRequest.end();
        }
        write(event(AuditEvent.Type.KEY_CREATED, 2, "a", Map.of("n", "2")));
        assertThat(postgres.column("SELECT coalesce(details ->> 'request', 'none') FROM audit_logs ORDER BY id"))
                .containsExactly("4bf92f3577b34da6a3ce929d0e0e4736", "none");
    }

    @Test
    void rowThatFailsACheckDoesNotSinkItsBatch() {
        postgres.execute("ALTER TABLE audit_logs ADD CONSTRAINT no_mallory CHECK (actor <> 'mallory')");
        try (JpaAuditSink trail = new JpaAuditSink(postgres.database(), 100, Thread::new)) {
            for (int i = 0; i < 20; i++) {
                trail.note(new AuditEvent(
                        AuditEvent.Type.KEY_CREATED, i, "" + i, i % 7 == 3 ? "mallory" : "alice", Map.of()));
            }
            Ports.await(
                    "the rest being written",
                    Duration.ofSeconds(20),
                    () -> search("").total() == 17);
            Ports.await("the refused being counted", Duration.ofSeconds(20), () -> trail.refused() == 3);
            assertThat(trail.dropped()).isZero();
        } finally {
            postgres.execute("ALTER TABLE audit_logs DROP CONSTRAINT no_mallory");
        }
        assertThat(postgres.column("SELECT caller FROM audit_logs WHERE actor = 'alice' ORDER BY id"))
                .isSortedAccordingTo((a, b) -> Integer.compare(Integer.parseInt(a), Integer.parseInt(b)))
                .hasSize(17);
    }

    @Test
    void eventsBeyondTheBoundAreDroppedCountedAndNeverBlock() throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        Database stuck = new Database() {
            @Override
            public <T> T inTransaction(Function<jakarta.persistence.EntityManager, T> work) {
                try {
                    held.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                return postgres.database().inTransaction(work);
            }
        };
        JpaAuditSink trail = new JpaAuditSink(stuck, 10, Thread::new);
        trail.note(event(AuditEvent.Type.KEY_CREATED, 0, null, Map.of()));
        Ports.await("the writer taking the first", Duration.ofSeconds(10), () -> trail.waiting() == 0);
        for (int i = 0; i < 25; i++) {
            trail.note(event(AuditEvent.Type.KEY_CREATED, i, null, Map.of()));
        }
        assertThat(trail.waiting()).isEqualTo(10);
        assertThat(trail.dropped()).isEqualTo(15);
        held.countDown();
        trail.close();
        assertThat(search("").total()).isEqualTo(11);
    }

    @Test
    void textPostgresCannotKeepIsReplacedAndNothingElseIs() {
        Map<String, String> details = Map.of("why", "a\0b\ud800c 🛒 \"quoted\" \\ <b>", "empty", "");
        write(event(AuditEvent.Type.BAN_LIFTED, 1_234, "x\0y", details));
        AuditLog.Row row = search("").items().get(0);
        assertThat(row.details())
                .containsExactlyInAnyOrderEntriesOf(Map.of("why", "a\ufffdb\ufffdc 🛒 \"quoted\" \\ <b>", "empty", ""));
        assertThat(row.caller()).isEqualTo("x\ufffdy");
        assertThat(row.at()).isEqualTo(Instant.ofEpochMilli(1_234));
        assertThat(row.actor()).isEqualTo("alice");
    }

    @Test
    void filtersNarrowAndPagesGoFromNewestToOldest() {
        write(
                event(AuditEvent.Type.KEY_CREATED, 1_000, "a", Map.of("key", "one")),
                event(AuditEvent.Type.KEY_REVOKED, 2_000, "a", Map.of("key", "one")),
                event(AuditEvent.Type.KEY_CREATED, 3_000, "b", Map.of("key", "100%")),
                event(AuditEvent.Type.ADMIN_SIGN_IN, 4_000, null, Map.of()));
        Optional<Instant> two = Optional.of(Instant.ofEpochMilli(2_000));
        Optional<Instant> three = Optional.of(Instant.ofEpochMilli(3_000));
        Set<AuditEvent.Type> created = Set.of(AuditEvent.Type.KEY_CREATED);
        assertThat(ats(new AuditLog.Filter(Optional.of("a"), Set.of(), Optional.empty(), Optional.empty())))
                .containsExactly(2_000L, 1_000L);
        assertThat(ats(new AuditLog.Filter(Optional.empty(), created, Optional.empty(), Optional.empty())))
                .containsExactly(3_000L, 1_000L);
        assertThat(ats(new AuditLog.Filter(Optional.empty(), Set.of(), two, three)))
                .containsExactly(2_000L);
        assertThat(ats(new AuditLog.Filter(
                        Optional.empty(),
                        Set.of(AuditEvent.Type.KEY_REVOKED, AuditEvent.Type.ADMIN_SIGN_IN),
                        Optional.empty(),
                        Optional.empty())))
                .containsExactly(4_000L, 2_000L);
        assertThat(search("100%").items()).hasSize(1);
        assertThat(search("ONE").total()).isEqualTo(2);
        Page<AuditLog.Row> second = log.page(AuditLog.Filter.NONE, new PageRequest(2, 3, ""));
        assertThat(second.total()).isEqualTo(4);
        assertThat(second.items()).hasSize(1);
        AuditLog.Row behind = log.page(AuditLog.Filter.NONE, new PageRequest(1, 2, ""))
                .items()
                .get(1);
        assertThat(log.after(AuditLog.Filter.NONE, "", Optional.of(behind), 10))
                .extracting(AuditLog.Row::at)
                .containsExactly(Instant.ofEpochMilli(2_000), Instant.ofEpochMilli(1_000));
    }

    private List<Long> ats(AuditLog.Filter filter) {
        return log.page(filter, PageRequest.first()).items().stream()
                .map(row -> row.at().toEpochMilli())
                .toList();
    }
}
