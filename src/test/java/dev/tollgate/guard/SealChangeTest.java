package dev.tollgate.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.account.ApiKeyToken;
import dev.tollgate.core.audit.AuditEvent;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.Tier;
import dev.tollgate.fixture.Ports;
import dev.tollgate.fixture.redis.RealRedis;
import dev.tollgate.fixture.redis.RedisWire;
import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Tests a change of the secret on two nodes and a guard by the steps of docs/operations.md. All sealed messages go on meanwhile:
 * questions and answers, changes, snapshots, and outboxes.
 */
class SealChangeTest {

    private static final Duration SOON = Duration.ofSeconds(5);
    private static final String OLD = NodeWithDatabase.SEAL;
    private static final String NEW = "another secret that the tests' nodes share, no shorter";

    private final NodeWithDatabase.Tables tables = new NodeWithDatabase.Tables();
    private RealRedis redis;
    private NodeWithDatabase first;
    private NodeWithDatabase second;
    private GuardedApplication shop;
    private int freeLimit = 100;

    @BeforeEach
    void start() throws Exception {
        redis = RealRedis.start();
        tables.tiers.put("single", new Tier("single", OptionalLong.of(1), OptionalLong.empty()));
        first = node(OLD, "");
        second = node(OLD, "");
        shop = guard(OLD, "");
    }

    @AfterEach
    void stop() throws Exception {
        shop.close();
        second.close();
        first.close();
        redis.close();
    }

    private NodeWithDatabase node(String seal, String previous) {
        return new NodeWithDatabase(redis, tables, seal, previous).open();
    }

    private GuardedApplication guard(String seal, String previous) throws Exception {
        return GuardedApplication.at(redis, "tollgate.redis.seal", seal, "tollgate.redis.seal.previous", previous);
    }

    private String newKey(String tier) {
        return first.newKey(tier);
    }

    private static long refused(NodeWithDatabase node) {
        return node.sealing.refused().values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    private void everythingHolds(String when) {
        everythingHolds(when, first, second);
        everythingHolds(when, second, first);
    }

    private void everythingHolds(String when, NodeWithDatabase node, NodeWithDatabase other) {
        String key = newKey("free");
        String hash = ApiKeyToken.hash(key);
        String limit = "q=" + ++freeLimit;
        tables.tiers.put("free", new Tier("free", OptionalLong.of(freeLimit), OptionalLong.empty()));
        node.changes.tiersChanged();
        Ports.await(
                when + ": a new key, and a tier's new limit at the guard",
                SOON,
                () -> shop.limits(key).contains(limit));
        tables.keys.remove(hash);
        node.changes.keyChanged(hash);
        Ports.await(when + ": a revoked key at the guard", SOON, () -> shop.status("/", key) == 401);
        // A revoked key counts as a guess, of which an address has ten a minute.
        try (RedisWire wire = new RedisWire(redis.port())) {
            wire.send("DEL", "requests:{ip:127.0.0.1}");
        }
        Ports.await(when + ": an edit told to the other node", SOON, () -> other.heard.contains(hash));
        String limited = newKey("single");
        Caller caller = node.caller(limited);
        Ports.await(when + ": a refusal", SOON, () -> shop.status("/", limited) == 429);
        Ports.await(when + ": what the guard hands over", SOON, () -> {
            node.takeOutboxes();
            return tables.audit.stream()
                    .anyMatch(event ->
                            caller.id().equals(event.caller()) && event.type() == AuditEvent.Type.LIMIT_EXCEEDED);
        });
        assertThat(refused(node) + refused(other)).as(when).isZero();
    }

    private void restartEach(String step, String seal, String previous) throws Exception {
        first.close();
        first = node(seal, previous);
        everythingHolds(step + ", first node");
        shop.close();
        shop = guard(seal, previous);
        everythingHolds(step + ", guard");
        second.close();
        second = node(seal, previous);
        everythingHolds(step + ", second node");
    }

    @Test
    void nothingSealedIsRefusedWhileTheSecretChangesInThreeSteps() throws Exception {
        everythingHolds("before");
        restartEach("the new one accepted", OLD, NEW);
        restartEach("the new one seals", NEW, OLD);
        restartEach("the old one forgotten", NEW, "");
    }

    @Test
    void aServerWithoutTheNewSecretIsRefusedAndLogsIt() throws Exception {
        everythingHolds("before");
        second.close();
        second = node(NEW, "");
        String hash = ApiKeyToken.hash(newKey("free"));
        second.changes.keyChanged(hash);
        Ports.await("a refusal at the first node", SOON, () -> refused(first) > 0);
        assertThat(first.heard).doesNotContain(hash);
    }
}
