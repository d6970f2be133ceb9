package dev.tollgate.redis.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.config.Settings;
import dev.tollgate.core.audit.AuditEvent;
import dev.tollgate.core.limit.Ban;
import dev.tollgate.core.limit.BanSink;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.refusal.RefusalBuffer;
import dev.tollgate.core.refusal.RefusalReason;
import dev.tollgate.core.refusal.RefusalRow;
import dev.tollgate.fixture.redis.RealRedis;
import dev.tollgate.fixture.redis.RedisWire;
import dev.tollgate.redis.batch.ScriptBatcher;
import dev.tollgate.redis.connection.RedisConnection;
import dev.tollgate.redis.connection.RedisKeys;
import dev.tollgate.redis.seal.Sealing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.redisson.api.RedissonClient;

/** Tests the way of refusals from a guard to a node with a database, over a real Redis. */
class RefusalOutboxTest {

    private static final String LIST = "handover:refusals:sealed";
    private static final RedisKeys KEYS = new RedisKeys("");

    private static RealRedis redis;
    private static RedissonClient client;
    private static ScriptBatcher batcher;

    private final Sealing sealing = Sealing.ofThisProcess();
    private final RefusalBuffer sent = new RefusalBuffer(100_000);
    private final RefusalOutbox outbox = new RefusalOutbox(batcher, KEYS, sealing, sent);
    private final RefusalBuffer taken = new RefusalBuffer(100_000);

    @BeforeAll
    static void start() {
        redis = RealRedis.start();
        client = RedisConnection.open(Settings.of(Map.of("tollgate.redis.url", redis.url())));
        batcher = new ScriptBatcher(client, 2, 128, 1_000, Duration.ofSeconds(5));
    }

    @AfterAll
    static void stop() {
        client.shutdown();
        redis.close();
    }

    @BeforeEach
    void clear() {
        client.getKeys().flushall();
    }

    private static RefusalRow row(Caller caller, String policy, boolean shadow, long count) {
        boolean own = caller != null;
        return new RefusalRow(
                UUID.randomUUID().toString(),
                1_795_000_000_000L,
                1_795_000_000_500L,
                caller,
                own && caller.isAccount() ? UUID.randomUUID().toString() : null,
                own ? "2001:db8::7" : null,
                own ? "4bf92f3577b34da6a3ce929d0e0e4736" : null,
                new RefusalReason("reports", policy, 429, "RATE_LIMIT_EXCEEDED", shadow),
                count);
    }

    private static List<RefusalRow> rows(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> row(Caller.address("192.0.2.7"), "minute", false, 1))
                .toList();
    }

    private List<RefusalRow> takenRows() {
        new RefusalOutboxConsumer(batcher, KEYS, sealing, taken, () -> true).run();
        List<RefusalRow> rows = new ArrayList<>();
        taken.flush(1_000, rows::addAll);
        return rows;
    }

    private static Object wire(String... command) {
        try (RedisWire wire = new RedisWire(redis.port())) {
            return wire.send(command);
        }
    }

    @Test
    void whatAGuardSendsANodeWithADatabaseTakesAndUpToTwentyRowsShareAnEntry() {
        List<RefusalRow> rows = new ArrayList<>(rows(45));
        rows.add(row(Caller.account("11111111-1111-4111-8111-111111111111"), null, true, 123_456));
        rows.add(row(null, "exports", false, 9));
        sent.put(rows);
        outbox.flush();
        assertThat(sent.waiting()).isZero();
        assertThat(wire("LLEN", LIST)).isEqualTo(3L);
        assertThat(takenRows()).containsExactlyElementsOf(rows);
        assertThat(wire("EXISTS", LIST)).isEqualTo(0L);
        assertThat(sent.dropped()).isZero();
    }

    @Test
    void inRedisEntriesAreBoundedAndDroppedRowsAreCounted() {
        int most = RefusalOutbox.MAX_IN_REDIS * RefusalOutbox.ROWS_PER_ENTRY;
        sent.put(rows(most));
        outbox.flush();
        assertThat(sent.dropped()).isZero();
        sent.put(rows(45));
        outbox.flush();
        assertThat(sent.dropped()).isEqualTo(45);
        assertThat(wire("LLEN", LIST)).isEqualTo((long) RefusalOutbox.MAX_IN_REDIS);
        assertThat(takenRows()).hasSize(most);
    }

    @Test
    void withoutASecretRowsAreDroppedAndCounted() {
        RefusalOutbox unsealed = new RefusalOutbox(batcher, KEYS, new Sealing(System::currentTimeMillis), sent);
        sent.put(rows(3));
        unsealed.flush();
        assertThat(sent.dropped()).isEqualTo(3);
        assertThat(sent.waiting()).isZero();
    }

    @Test
    void unsealedForgedAndMadeUpEntriesAreNotTakenAndOthersAre() {
        List<RefusalRow> right = rows(1);
        String text = RefusalCodec.write(right);
        wire(
                "RPUSH",
                LIST,
                text,
                Sealing.ofThisProcess().seal(LIST, text),
                sealing.seal("handover:sealed", text),
                sealing.seal(LIST, "no rows at all"),
                sealing.seal(
                        LIST,
                        text,
                        System.currentTimeMillis() - Duration.ofDays(2).toMillis()),
                sealing.seal(LIST, text));
        assertThat(takenRows()).isEqualTo(right);
        assertThat(sealing.refused())
                .containsEntry(List.of("handover", "unsealed"), 1L)
                .containsEntry(List.of("handover", "forged"), 2L)
                .containsEntry(List.of("handover", "stale"), 1L);
    }

    @Test
    void onlyWordsOfTheRightFormAreReadAndLaterReleasesMayAddSome() {
        String right = RefusalCodec.write(List.of(row(Caller.address("192.0.2.7"), "minute", false, 1)));
        assertThat(RefusalCodec.read(right + " more words")).hasSize(1);
        String[] words = right.split(" ");
        for (int i = 0; i < words.length; i++) {
            if (i == 11) {
                continue; // what is not true is false
            }
            String[] wrong = words.clone();
            wrong[i] = "EVIL%0A%zz";
            assertThatThrownBy(() -> RefusalCodec.read(String.join(" ", wrong)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageNotContaining("EVIL");
            wrong[i] = "%0AEVIL";
            assertThatThrownBy(() -> RefusalCodec.read(String.join(" ", wrong)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageNotContaining("EVIL");
        }
        assertThatThrownBy(() -> RefusalCodec.read(right.substring(0, right.lastIndexOf(' '))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatTakesAuditEventsLeavesRefusalsAloneAndSkipsEntriesOfAKindItDoesNotKnow() {
        sent.put(rows(1));
        outbox.flush();
        String name = "0123456789abcdef0123456789abcdef";
        String outboxes = KEYS.outboxes();
        wire(
                "RPUSH",
                outboxes,
                sealing.seal(outboxes, name + " 1 refusals " + RefusalCodec.write(rows(1))),
                sealing.seal(outboxes, name + " 2 audit LIMIT_EXCEEDED 1 ip:192.0.2.7 gate route=reports"));
        List<AuditEvent> audit = new ArrayList<>();
        new OutboxConsumer(client, batcher, KEYS, sealing, Set::copyOf, audit::add, nobody(), () -> true).run();
        assertThat(audit).singleElement().extracting(AuditEvent::caller).isEqualTo("ip:192.0.2.7");
        assertThat(takenRows()).hasSize(1);
    }

    private static BanSink nobody() {
        return new BanSink() {
            @Override
            public void keep(Caller caller, Ban permanent) {
                throw new AssertionError("no ban was sent");
            }

            @Override
            public void supersede(Caller caller) {}
        };
    }
}
