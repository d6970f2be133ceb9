package dev.tollgate.postgres.account;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.audit.AuditEvent;
import dev.tollgate.core.audit.BanEvent;
import dev.tollgate.core.limit.Ban;
import dev.tollgate.core.limit.BanLevel;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.postgres.audit.JpaAuditSink;
import dev.tollgate.postgres.audit.JpaReceivedOutboxes;
import dev.tollgate.postgres.support.MigratedPostgres;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests the shared secret, received outbox entries, and lifted bans in PostgreSQL. */
class JpaSealedValuesTest {

    private static MigratedPostgres postgres;

    @BeforeAll
    static void start() {
        postgres = MigratedPostgres.start();
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    private static <T> List<T> atOnce(Callable<T> work) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<T> results = new ArrayList<>();
            for (Future<T> done : threads.invokeAll(java.util.Collections.nCopies(8, work))) {
                results.add(done.get());
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void allNodesGetTheSameSecret() throws Exception {
        List<String> secrets = atOnce(() -> new JpaSharedSecrets(postgres.database()).get("first"));
        assertThat(Set.copyOf(secrets)).hasSize(1);
        assertThat(secrets.get(0)).matches("[A-Za-z0-9_-]{43}");
        assertThat(new JpaSharedSecrets(postgres.database()).get("second")).isNotEqualTo(secrets.get(0));
    }

    @Test
    void anEntryIsTakenOnceByAnyNode() throws Exception {
        List<Set<String>> taken =
                atOnce(() -> new JpaReceivedOutboxes(postgres.database()).firstTaken(List.of("c", "a", "b")));
        assertThat(taken.stream().flatMap(Set::stream)).containsExactlyInAnyOrder("a", "b", "c");
    }

    @Test
    void aBanInRedisIsNotKeptIfItWasLiftedSince() {
        JpaBanRepository bans = new JpaBanRepository(postgres.database());
        Caller caller = Caller.account("lifted");
        AuditEvent lift = BanEvent.lifted(caller, "PERMANENT", "why not", 1_000, "admin");
        try (JpaAuditSink trail = new JpaAuditSink(postgres.database(), 10, Thread::new)) {
            trail.note(lift);
        }
        bans.keepUnlessLifted(caller, new Ban(BanLevel.PERMANENT, "before", 999, OptionalLong.empty()));
        assertThat(bans.forget(caller)).isFalse();
        bans.keepUnlessLifted(caller, new Ban(BanLevel.PERMANENT, "after", 1_001, OptionalLong.empty()));
        assertThat(bans.forget(caller)).isTrue();
    }
}
