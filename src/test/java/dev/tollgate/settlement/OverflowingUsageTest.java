package dev.tollgate.settlement;

import static dev.tollgate.settlement.SettlementFixture.TODAY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.ledger.LedgerReport;
import dev.tollgate.core.usage.KeyUsage;
import dev.tollgate.core.usage.PostedEvent;
import dev.tollgate.core.usage.PostedUsage.Overflowing;
import dev.tollgate.core.usage.PostedUsage.Receipt;
import dev.tollgate.core.usage.PostedUsage.Taken;
import dev.tollgate.core.usage.UsageDelta;
import dev.tollgate.core.usage.UsageEvent;
import dev.tollgate.fixture.redis.RedisWire;
import dev.tollgate.redis.connection.RedisKeys;
import dev.tollgate.redis.usage.RedisPostedUsage;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import net.jqwik.api.lifecycle.BeforeTry;

/**
 * Tests a key that posts bytes and files until every sum is at its bound. The ledger still balances, nothing is quarantined,
 * and other usage is counted.
 */
class OverflowingUsageTest {

    private static final long EXACT = (1L << 53) - 1;

    private static SettlementFixture rig;
    private static RedisPostedUsage posted;

    @BeforeContainer
    static void start() {
        rig = new SettlementFixture();
        posted = new RedisPostedUsage(
                rig.batcher,
                new RedisKeys(""),
                false,
                new RedisPostedUsage.Bounds(1_000_000, 1_000_000_000, Set.of()),
                Duration.ofSeconds(5));
    }

    @AfterContainer
    static void stop() {
        rig.close();
    }

    @BeforeTry
    void empty() {
        rig.client.getKeys().flushall();
        rig.audit.clear();
        rig.keys.update("DELETE FROM set_aside_usage");
        rig.keys.update("UPDATE ledger_totals SET set_aside = 0");
        rig.ledger().recount();
    }

    private static Receipt post(String key, int events, long bytes, int files) {
        List<PostedEvent> batch = new ArrayList<>();
        for (int i = 0; i < events; i++) {
            UsageEvent usage = new UsageEvent(key, "s3", TODAY, true, files, bytes, "image/png", 1);
            batch.add(new PostedEvent(PostedEvent.identity("", UUID.randomUUID().toString()), usage));
        }
        return posted.take("account", key, batch).toCompletableFuture().join();
    }

    private static boolean record(String key, String source) {
        UsageDelta delta = new UsageDelta(
                key,
                source,
                1,
                KeyUsage.of(SettlementFixture.upload(key, TODAY)).providerDays());
        return rig.pending.record(List.of(delta)).toCompletableFuture().join().isEmpty();
    }

    private static void set(String name, String field, long value) {
        try (RedisWire wire = new RedisWire(rig.redis.port())) {
            wire.send("HSET", name, field, Long.toString(value));
        }
    }

    private static String get(String name, String field) {
        try (RedisWire wire = new RedisWire(rig.redis.port())) {
            return String.valueOf(wire.send("HGET", name, field));
        }
    }

    private static void assertBalanced() {
        LedgerReport report = rig.ledger().report();
        assertThat(report.isBalanced()).as(report.toString()).isTrue();
        assertThat(report.setAside()).isEqualTo(BigInteger.ZERO);
    }

    /** A step of a key's history. */
    record Act(int events, long bytes, int files, boolean settles) {}

    @Provide
    Arbitrary<List<Act>> acts() {
        Arbitrary<Long> bytes =
                Arbitraries.of(0L, 1L, UsageEvent.MAX_BYTES / 2, UsageEvent.MAX_BYTES - 1, UsageEvent.MAX_BYTES);
        return Combinators.combine(
                        Arbitraries.of(1, 2, 128, 255, 256),
                        bytes,
                        Arbitraries.of(1, UsageEvent.MAX_FILES),
                        Arbitraries.of(true, false))
                .as(Act::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(8);
    }

    @Property(tries = 25)
    void whateverIsPostedTheLedgerBalancesAndNothingIsSetAside(
            @ForAll("acts") List<Act> acts, @ForAll boolean nearTheBound) {
        String key = rig.keys.create(1).get(0);
        if (nearTheBound) {
            rig.keys.update(
                    "UPDATE api_keys SET total_file_size = 9223372036854775000, total_files_uploaded = 9223372036854775000"
                            + " WHERE id = ?::uuid",
                    key);
        }
        long counted = 0;
        int round = 0;
        for (Act act : acts) {
            Receipt receipt = post(key, act.events(), act.bytes(), act.files());
            counted += receipt instanceof Taken ? act.events() : 0;
            assertThat(record(key, "node-" + round++)).isTrue();
            counted++;
            if (act.settles()) {
                rig.node().settle();
            }
            assertBalanced();
        }
        rig.settleAll();
        assertBalanced();
        assertThat(rig.settled(key)).isEqualTo(counted);
        assertThat(rig.audit).isEmpty();
    }

    @Example
    void postedUsageLeavesRoomForWhatTheGateRecords() {
        String key = rig.keys.create(1).get(0);
        assertThat(post(key, 256, UsageEvent.MAX_BYTES, 1)).isInstanceOf(Taken.class);
        assertThat(post(key, 1, 1, 1)).isEqualTo(new Overflowing());
        assertThat(record(key, "node")).isTrue();
        assertThat(get("metrics:apikey:{" + key + "}", "total_file_size")).isEqualTo(Long.toString((1L << 52) + 10));
        rig.settleAll();
        assertThat(post(key, 1, 1, 1)).isInstanceOf(Taken.class);
    }

    @Example
    void bytesAndFilesStopGrowingInRedisAndTheirRequestsAreCounted() {
        String key = rig.keys.create(1).get(0);
        record(key, "a");
        for (String name : List.of(
                "metrics:apikey:{" + key + "}",
                "metrics:provider:{" + key + "}:s3",
                "daily:" + TODAY + ":apikey:{" + key + "}",
                "daily:" + TODAY + ":provider:{" + key + "}:s3")) {
            for (String field : List.of("total_file_size", "total_files_uploaded", "ft:image/png")) {
                set(name, field, EXACT - 1);
            }
        }
        assertThat(record(key, "b")).isTrue();
        assertThat(get("metrics:apikey:{" + key + "}", "total_file_size")).isEqualTo(Long.toString(EXACT));
        assertThat(get("metrics:apikey:{" + key + "}", "ft:image/png")).isEqualTo(Long.toString(EXACT));
        rig.settleAll();
        assertThat(rig.settled(key)).isEqualTo(2);
        assertBalanced();
    }

    @Example
    void requestsThatWouldPassTheBoundWaitForTheSettlementAndAreNotLost() {
        List<String> keys = rig.keys.create(2);
        String key = keys.get(0);
        record(key, "a");
        set("metrics:apikey:{" + key + "}", "total_requests", EXACT);
        set("ledger:{" + key + "}", "recorded", EXACT - 10);
        assertThat(record(key, "b")).isFalse();
        assertThat(record(keys.get(1), "b")).as("another key's").isTrue();
        assertThat(post(key, 1, 1, 1)).isEqualTo(new Overflowing());
        rig.settleAll();
        assertThat(record(key, "b")).as("the same, sent again").isTrue();
        rig.settleAll();
        assertThat(rig.settled(key)).isEqualTo(EXACT + 1);
    }

    @Example
    void aLedgerAtTheBoundStartsAgain() {
        String key = rig.keys.create(1).get(0);
        record(key, "a");
        String epoch = get("ledger:{" + key + "}", "epoch");
        set("ledger:{" + key + "}", "recorded", EXACT);
        assertThat(record(key, "b")).isTrue();
        assertThat(get("ledger:{" + key + "}", "epoch")).isNotEqualTo(epoch);
        assertThat(get("ledger:{" + key + "}", "recorded")).isEqualTo("2");
        rig.settleAll();
        assertThat(rig.settled(key)).isEqualTo(2);
        assertBalanced();
    }

    @Example
    void aLedgerThatBeganAnewSinceTheClaimTakesItsSumAndTheClaimIsAcknowledged() {
        String key = rig.keys.create(1).get(0);
        record(key, "a");
        var claims = rig.pending.claim(List.of(key), 1).claims();
        set("ledger:{" + key + "}", "epoch", 5);
        set("ledger:{" + key + "}", "taken", 7);
        assertThat(rig.pending.acknowledge(claims)).isEqualTo(1);
        assertThat(get("ledger:{" + key + "}", "taken")).isEqualTo("8");
        assertThat(rig.pending.claim(List.of(key), 2).claims()).isEmpty();
    }

    @Example
    void anOverflowOfTheLedgerDoesNotKeepAClaimFromBeingAcknowledged() {
        String key = rig.keys.create(1).get(0);
        record(key, "a");
        var claims = rig.pending.claim(List.of(key), 1).claims();
        set("ledger:{" + key + "}", "epoch", 5);
        set("ledger:{" + key + "}", "taken", Long.MAX_VALUE);
        assertThat(rig.pending.acknowledge(claims)).isEqualTo(1);
        assertThat(rig.pending.claim(List.of(key), 2).claims()).isEmpty();
        assertThat(record(key, "b")).isTrue();
        assertThat(get("ledger:{" + key + "}", "recorded")).isEqualTo("1");
    }
}
