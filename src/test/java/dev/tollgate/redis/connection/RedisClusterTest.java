package dev.tollgate.redis.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.config.Settings;
import dev.tollgate.core.limit.AccountStateSource.AccountState;
import dev.tollgate.core.limit.BanLadder;
import dev.tollgate.core.limit.BillingMonth;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.Decision;
import dev.tollgate.core.limit.Decision.Outcome;
import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.core.limit.WindowPolicy;
import dev.tollgate.core.usage.ClaimedUsage;
import dev.tollgate.core.usage.KeyUsage;
import dev.tollgate.core.usage.UsageDelta;
import dev.tollgate.core.usage.UsageEvent;
import dev.tollgate.fixture.Ports;
import dev.tollgate.fixture.redis.RedisCluster;
import dev.tollgate.redis.batch.ScriptBatcher;
import dev.tollgate.redis.decision.Decisions;
import dev.tollgate.redis.decision.RedisGateStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.redisson.api.RedissonClient;

/** Tests decisions and usage on a Cluster of three masters, while a slot moves, and after a master was killed. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RedisClusterTest {

    private static RedisCluster cluster;
    private static RedissonClient client;
    private static Decisions node;

    @BeforeAll
    static void start() {
        cluster = RedisCluster.start();
        client = RedisConnection.open(Settings.of(Map.of("tollgate.redis.url", cluster.urls())));
        node = new Decisions(client, "tg:");
    }

    @AfterAll
    static void stop() {
        client.shutdown();
        cluster.close();
    }

    private long slot(String key) {
        return (Long) cluster.send(0, "CLUSTER", "KEYSLOT", key);
    }

    private static List<String> names(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> UUID.randomUUID().toString())
                .toList();
    }

    private static UsageDelta recording(String key, long sequence) {
        UsageEvent event =
                new UsageEvent(key, "s3", Decisions.TODAY, true, 1, 10, "image/png", System.currentTimeMillis());
        return new UsageDelta(key, "node", sequence, KeyUsage.of(event).providerDays());
    }

    @Test
    @Order(1)
    void keysOfOneDecisionShareASlotAndSoDoThoseOfOneMeteringGroup() {
        RedisKeys keys = node.keys;
        Caller caller = Caller.account(UUID.randomUUID().toString());
        List<String> decision = new ArrayList<>(
                node.gate.keysOf(Decisions.request(caller.id(), 10), BillingMonth.at(System.currentTimeMillis())));
        decision.addAll(List.of(keys.lifted(caller), keys.tier(caller)));
        assertThat(decision).hasSizeGreaterThan(6);
        assertThat(decision.stream().map(this::slot).distinct()).hasSize(1);
        String key = UUID.randomUUID().toString();
        assertThat(List.of(
                                keys.metrics(key),
                                keys.metrics(key, "s3"),
                                keys.daily(key, Decisions.TODAY),
                                keys.daily(key, Decisions.TODAY, "s3"),
                                keys.pending(key),
                                keys.claim(key),
                                keys.claimMembers(key),
                                keys.ledger(key),
                                keys.settled(key),
                                keys.reports(key))
                        .stream()
                        .map(this::slot)
                        .distinct())
                .hasSize(1);
    }

    /** Simulates a proxy before several servers, which rejects a run with keys of two slots. */
    @Test
    @Order(1)
    void afterCrossSlotEachDecisionHasARunOfItsOwn() {
        RedissonClient single = RedisConnection.open(
                Settings.of(Map.of("tollgate.redis.url", cluster.urls().split(",")[0])));
        try {
            RedisGateStore gate = new RedisGateStore(
                    new ScriptBatcher(single, 1, 64, 10_000, Duration.ofSeconds(10)),
                    new RedisKeys("apart:"),
                    System::currentTimeMillis);
            List<CompletableFuture<Decision>> decisions = names(150).stream()
                    .filter(name -> slot(name) < 5461) // the first master's
                    .map(Caller::account)
                    .map(caller -> GateRequest.charge(
                            caller, List.of(WindowPolicy.minute(5)), OptionalLong.empty(), 1, BanLadder.STANDARD))
                    .map(request -> gate.restore(
                                    request.caller(), BillingMonth.at(System.currentTimeMillis()), AccountState.NONE)
                            .thenCompose(restored -> gate.decide(request))
                            .toCompletableFuture())
                    .toList();
            assertThat(decisions)
                    .hasSizeGreaterThan(10)
                    .allSatisfy(decision -> assertThat(
                                    decision.join().policies().get(0).remaining())
                            .isEqualTo(4));
        } finally {
            single.shutdown();
        }
    }

    @Test
    @Order(2)
    void everyMasterDecidesExactly() {
        List<String> accounts = names(30);
        assertThat(accounts.stream()
                        .map(account -> slot("{" + account + "}") * 3 / 16_384)
                        .distinct())
                .hasSize(3);
        List<CompletableFuture<Boolean>> all = new ArrayList<>();
        for (String account : accounts) {
            node.decide(account, 10);
            for (int i = 0; i < 12; i++) {
                all.add(CompletableFuture.supplyAsync(
                        () -> node.decide(account, 10).outcome() == Outcome.ADMITTED));
            }
        }
        assertThat(all.stream().filter(CompletableFuture::join)).hasSize(30 * 9);
    }

    @Test
    @Order(3)
    void usageIsRecordedClaimedAndAcknowledgedOnEveryMaster() {
        List<String> keys = names(30);
        for (int round = 1; round <= 3; round++) {
            long sequence = round;
            List<UsageDelta> recordings =
                    keys.stream().map(key -> recording(key, sequence)).toList();
            assertThat(node.pending.record(recordings).toCompletableFuture().join())
                    .isEmpty();
        }
        assertThat(keys).allMatch(key -> node.pendingRequests(key) == 3);
        assertThat(node.pending.changedKeys(0, 1_000)).containsAll(keys);
        List<ClaimedUsage> claims = node.pending.claim(keys, 7).claims();
        assertThat(claims).hasSize(30).allMatch(claim -> claim.usage().totals().totalRequests() == 3);
        assertThat(node.pending.acknowledge(claims)).isEqualTo(30);
        assertThat(keys).allMatch(key -> node.pendingRequests(key) == 0);
    }

    @Test
    @Order(4)
    void aSlotThatMovesNeitherLosesNorDoublesACount() {
        String account = UUID.randomUUID().toString();
        String key = accountInSlotOf(account);
        for (int i = 0; i < 5; i++) {
            assertThat(node.decide(account, 10).outcome()).isEqualTo(Outcome.ADMITTED);
        }
        node.pending.record(List.of(recording(key, 1))).toCompletableFuture().join();
        move((int) slot("{" + account + "}"));
        for (int i = 0; i < 5; i++) {
            assertThat(node.decide(account, 10).outcome()).isEqualTo(Outcome.ADMITTED);
        }
        assertThat(node.decide(account, 10).outcome()).isEqualTo(Outcome.RATE_LIMITED);
        assertThat(node.pending
                        .record(List.of(recording(key, 2)))
                        .toCompletableFuture()
                        .join())
                .isEmpty();
        assertThat(node.pendingRequests(key)).isEqualTo(2);
    }

    /** Returns a key ID with an account's hash tag, so that its usage is in the same slot. */
    private static String accountInSlotOf(String account) {
        return account;
    }

    private void move(int slot) {
        int from = slot * 3 / 16_384;
        int to = from == 1 ? 2 : 1;
        String number = Integer.toString(slot);
        cluster.send(to, "CLUSTER", "SETSLOT", number, "IMPORTING", cluster.id(from));
        cluster.send(from, "CLUSTER", "SETSLOT", number, "MIGRATING", cluster.id(to));
        List<?> names = (List<?>) cluster.send(from, "CLUSTER", "GETKEYSINSLOT", number, "1000");
        for (Object name : names) {
            cluster.send(from, "MIGRATE", "127.0.0.1", Integer.toString(cluster.port(to)), (String) name, "0", "5000");
        }
        for (int node : new int[] {to, from}) {
            cluster.send(node, "CLUSTER", "SETSLOT", number, "NODE", cluster.id(to));
        }
    }

    @Test
    @Order(5)
    void aMasterThatDiesIsFollowedByItsReplicaAndItsCallersKeepTheirWindows() {
        List<String> accounts = names(200).stream()
                .filter(name -> slot("{" + name + "}") < 16_384 / 3)
                .limit(10)
                .toList();
        accounts.forEach(account -> {
            for (int i = 0; i < 10; i++) {
                node.decide(account, 10);
            }
        });
        String elsewhere = names(200).stream()
                .filter(name -> slot("{" + name + "}") > 16_384 / 3 + 1)
                .findFirst()
                .orElseThrow();
        node.decide(elsewhere, 1_000);
        Ports.await("the replica's link", Duration.ofSeconds(10), () -> isReplicated());
        cluster.kill(0);
        // Callers of the other masters are decided meanwhile.
        Map<Boolean, Integer> others = new HashMap<>();
        Ports.await("the replica's turn", Duration.ofSeconds(40), () -> {
            others.merge(answers(elsewhere), 1, Integer::sum);
            return answers(accounts.get(0));
        });
        assertThat(others.get(true)).isPositive();
        assertThat(accounts).allMatch(account -> decided(account).outcome() == Outcome.RATE_LIMITED);
    }

    private boolean isReplicated() {
        try {
            return (Long) cluster.send(0, "WAIT", "1", "1000") >= 1;
        } catch (RuntimeException e) {
            return false;
        }
    }

    private boolean answers(String account) {
        try {
            node.decide(account, 1_000);
            return true;
        } catch (CompletionException e) {
            return false;
        }
    }

    private Decision decided(String account) {
        return node.decide(account, 10);
    }
}
