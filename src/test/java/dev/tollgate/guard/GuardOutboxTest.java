package dev.tollgate.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.audit.AuditEvent;
import dev.tollgate.core.refusal.RefusalReason;
import dev.tollgate.core.refusal.RefusalRow;
import dev.tollgate.fixture.Ports;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tests what a guard leaves in Redis for a node with a database. */
class GuardOutboxTest extends ServerGuardCase {

    @Test
    void auditEventsAndPermanentBansAreHandedOverToTheNodeWithTheDatabase() throws Exception {
        node.open();
        String key = node.newKey("free");
        try (GuardedApplication shop = guard("tollgate.ban.steps", "2=permanent")) {
            Ports.await("a permanent ban", Duration.ofSeconds(5), () -> shop.status("/", key) == 403);
            Ports.await("the ban kept", SOON, () -> {
                node.takeOutboxes();
                return node.kept.containsKey(node.caller(key));
            });
        }
        node.takeOutboxes();
        assertThat(node.audit.stream()
                        .filter(event -> node.caller(key).id().equals(event.caller()))
                        .map(AuditEvent::type))
                .contains(AuditEvent.Type.LIMIT_EXCEEDED, AuditEvent.Type.BAN_APPLIED);
        assertThat(node.audit).allMatch(event -> event.details().containsKey("request"));
    }

    @Test
    void refusalsAreHandedOverWithinSecondsAndTheirCountsWhenTheGuardEnds() throws Exception {
        node.open();
        String key = node.newKey("free");
        List<RefusalRow> rows = new ArrayList<>();
        try (GuardedApplication shop = guard()) {
            awaitTiers(shop, node.newKey("free"));
            for (int status : new int[] {200, 200, 200, 429}) {
                assertThat(statusOf(shop, key)).isEqualTo(status);
            }
            Ports.await("its row", Duration.ofSeconds(5), () -> {
                rows.addAll(refusalsOf(key));
                return !rows.isEmpty();
            });
            RefusalRow first = rows.get(0);
            assertThat(first.caller()).isEqualTo(node.caller(key));
            assertThat(first.reason())
                    .isEqualTo(new RefusalReason("default", "minute", 429, "RATE_LIMIT_EXCEEDED", false));
            assertThat(first.requestId()).matches("[0-9a-f]{32}");
            assertThat(first.address()).isEqualTo("127.0.0.1");
            assertThat(statusOf(shop, key)).isEqualTo(429);
        }
        rows.addAll(refusalsOf(key));
        Map<String, Long> counts = new HashMap<>();
        rows.forEach(row -> counts.merge(row.id(), row.count(), Math::max));
        assertThat(counts.values().stream().mapToLong(Long::longValue).sum()).isEqualTo(2);
    }

    private List<RefusalRow> refusalsOf(String key) {
        return node.takeRefusals().stream()
                .filter(row -> node.caller(key).equals(row.caller()))
                .toList();
    }

    @Test
    void permanentBanLiftedBeforeItWasTakenOverDoesNotComeBack() throws Exception {
        node.open();
        String key = node.newKey("free");
        try (GuardedApplication shop = guard("tollgate.ban.steps", "2=permanent")) {
            Ports.await("a permanent ban", Duration.ofSeconds(5), () -> shop.status("/", key) == 403);
        }
        node.gate.lift(node.caller(key)).toCompletableFuture().join();
        node.takeOutboxes();
        assertThat(node.audit).isNotEmpty();
        assertThat(node.kept).isEmpty();
    }

    @Test
    void unsealedAndRepeatedOutboxEntriesAreNotTaken() throws Exception {
        node.open();
        String key = node.newKey("free");
        redis(wire -> wire.send(
                "RPUSH",
                "handover:sealed",
                "ban " + node.caller(key).id() + " 1 forged",
                "audit ADMIN_SIGN_IN 1 - admin x=1",
                "garbage",
                ""));
        try (GuardedApplication shop = guard("tollgate.ban.steps", "2=permanent")) {
            Ports.await("a permanent ban", Duration.ofSeconds(5), () -> shop.status("/", key) == 403);
        }
        redis(wire -> {
            List<?> entries = (List<?>) wire.send("LRANGE", "handover:sealed", "0", "-1");
            entries.forEach(entry -> wire.send("RPUSH", "handover:sealed", entry.toString()));
            node.takeOutboxes();
            entries.forEach(entry -> wire.send("RPUSH", "handover:sealed", entry.toString()));
        });
        node.takeOutboxes();
        assertThat(node.kept.get(node.caller(key)).reason()).isEqualTo("2 requests over the limit");
        assertThat(node.audit).extracting(AuditEvent::type).doesNotContain(AuditEvent.Type.ADMIN_SIGN_IN);
        assertThat(node.audit.stream().filter(event -> event.type() == AuditEvent.Type.LIMIT_EXCEEDED))
                .hasSize(1);
        assertThat(node.audit).allMatch(event -> event.details().get("guard").matches("[0-9a-f]{32}"));
    }
}
