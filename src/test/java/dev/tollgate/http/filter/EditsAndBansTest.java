package dev.tollgate.http.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.limit.Ban;
import dev.tollgate.core.limit.BanLevel;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.Tier;
import dev.tollgate.fixture.Ports;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Tests that edits, bans and lifts hold on every node, also where a message or Redis was lost. */
class EditsAndBansTest extends RateLimitFilterCase {

    @Test
    void editsHoldOnEveryNodeWithinTwoSeconds() throws Exception {
        try (GuardedServer other = node(GuardedServer.Setup.PLAIN)) {
            assertThat(send(HttpRequest.newBuilder(other.uri("/plain")).header("X-API-Key", key))
                            .statusCode())
                    .isEqualTo(200);
            directory.tiers.put("free", new Tier("free", OptionalLong.of(25), OptionalLong.of(1_000)));
            node.changes.tiersChanged();
            awaitPolicy(other, key, "q=25");
            String hash = dev.tollgate.core.account.ApiKeyToken.hash(key);
            var known = directory.keys.get(hash);
            directory.keys.put(hash, new dev.tollgate.core.account.ResolvedKey(known.key(), "pro"));
            node.changes.accountChanged(account);
            awaitPolicy(other, key, "q=100");
            directory.keys.remove(hash);
            node.changes.keyChanged(hash);
            Ports.await(
                    "the revoked key refused",
                    Duration.ofSeconds(2),
                    () -> status(other, key) == 401 || status(other, key) == 429);
        }
    }

    @Test
    void aLiftedBanHoldsOnEveryNodeWithinTwoSeconds() throws Exception {
        Caller caller = Caller.account(account);
        try (GuardedServer other = node(GuardedServer.Setup.PLAIN)) {
            node.store
                    .ban(caller, BanLevel.PERMANENT, "by hand")
                    .toCompletableFuture()
                    .join();
            node.changes.banChanged(caller);
            assertThat(status(other, key)).isEqualTo(403);
            // As an administrator's lift does: the node that saw the ban keeps it in PostgreSQL.
            Ports.await("the ban kept", Duration.ofSeconds(2), () -> directory.addressBans.containsKey(caller));
            directory.bans.forget(caller);
            node.store.lift(caller).toCompletableFuture().join();
            node.changes.banChanged(caller);
            Ports.await("the lift to hold", Duration.ofSeconds(2), () -> status(other, key) == 200);
        }
    }

    @Test
    void anAddressBannedForGoodStaysBannedWhenRedisIsEmptied() throws Exception {
        Caller address = Caller.address("127.0.0.1");
        directory.bans.keep(address, Ban.starting(BanLevel.PERMANENT, "by hand", 1_700_000_000_000L));
        node.changes.banChanged(address);
        node.client.getKeys().flushall();
        assertThat(send(HttpRequest.newBuilder(node.uri("/plain"))).statusCode())
                .isEqualTo(403);
        assertThat(status(node, key)).as("a key's caller is its account").isEqualTo(200);
        directory.bans.forget(address);
        node.changes.banChanged(address);
        assertThat(send(HttpRequest.newBuilder(node.uri("/plain"))).statusCode())
                .isEqualTo(200);
    }

    @Test
    void anEditWhoseMessageWasLostIsNoticedByItsEdition() throws Exception {
        assertThat(status(node, key)).isEqualTo(200);
        directory.tiers.put("free", new Tier("free", OptionalLong.of(33), OptionalLong.of(1_000)));
        // What a node does that tells of an edit, without the message.
        node.client.getAtomicLong("edition").incrementAndGet();
        awaitPolicy(node, key, "q=33");
    }
}
