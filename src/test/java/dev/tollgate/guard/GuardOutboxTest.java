package dev.tollgate.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.audit.AuditEvent;
import dev.tollgate.fixture.Ports;
import java.time.Duration;
import java.util.List;
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
