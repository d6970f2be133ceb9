package dev.tollgate.settlement;

import static dev.tollgate.settlement.SettlementFixture.TODAY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.core.limit.BillingMonth;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.fixture.redis.RedisWire;
import dev.tollgate.redis.connection.RedisKeys;
import dev.tollgate.settlement.Settlement.SettlementResult;
import dev.tollgate.settlement.Settlement.Step;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.redisson.client.codec.StringCodec;

class SettlementTest extends SettlementCase {

    @BeforeEach
    void empty() {
        rig.client.getKeys().flushall();
        rig.audit.clear();
        // One test tampers with counts; the totals keep its mismatch.
        rig.keys.update("UPDATE ledger_totals SET recorded = 0, settled = 0, set_aside = 0");
    }

    @ParameterizedTest
    @EnumSource(Step.class)
    void aDeathAtAnyStepNeitherLosesNorDoublesACount(Step fatal) {
        List<String> keys = rig.keys.create(5);
        keys.forEach(key -> rig.record(key, TODAY, 3));
        rig.dieAt(fatal);
        keys.forEach(key -> rig.record(key, TODAY, 2));
        rig.dieAt(fatal);
        keys.forEach(key -> rig.record(key, TODAY, 1));
        rig.settleAll();
        keys.forEach(key -> assertThat(rig.settled(key)).isEqualTo(6));
        assertThat(rig.audit).isEmpty();
        assertThat(rig.ledger().report().isBalanced()).isTrue();
    }

    @Test
    void aPassMovesEverythingAndTheNextFindsNothing() {
        List<String> keys = rig.keys.create(250);
        keys.forEach(key -> rig.record(key, TODAY, 2));
        SettlementResult pass = rig.node().settle();
        assertThat(pass).isEqualTo(new SettlementResult(true, 3, 250, 0, 0, 500, 0));
        assertThat(rig.node().settle()).isEqualTo(new SettlementResult(true, 0, 0, 0, 0, 0, 0));
        assertThat(rig.keys
                        .row(
                                "SELECT sum(requests)::bigint AS n FROM settlement_batches WHERE keys >= 50 AND keys <= 100")
                        .get("n"))
                .isEqualTo(500L);
    }

    @Test
    void missedDaysSettleUnderTheirOwnDate() {
        String key = rig.keys.create(1).get(0);
        for (int age = 0; age < 7; age++) {
            rig.record(key, TODAY.minusDays(age), age + 1);
        }
        rig.node().settle();
        assertThat(rig.keys.rows(
                        "SELECT usage_date::text AS day, total_requests AS n FROM api_key_usage_daily WHERE api_key_id = ?::uuid"
                                + " ORDER BY 1 LIMIT 2",
                        key))
                .containsExactly(Map.of("day", "2026-11-16", "n", 7L), Map.of("day", "2026-11-17", "n", 6L));
    }

    @Test
    void aDeletedKeyIsSetAsideOnceAndNeverComesBack() {
        List<String> keys = rig.keys.create(3);
        keys.forEach(key -> rig.record(key, TODAY, 2));
        rig.keys.delete(keys.get(1));
        SettlementResult pass = rig.node().settle();
        assertThat(pass.keys()).isEqualTo(2);
        assertThat(pass.setAside()).isEqualTo(1);
        assertThat(rig.pending.changedKeys(0, 10)).isEmpty();
        assertThat(rig.node().settle().setAside()).isZero();
        assertThat(rig.ledger().report().isBalanced()).isTrue();
    }

    @Test
    void oneNodeSettlesAtATimeAndTheOtherDoesNothing() throws Exception {
        String key = rig.keys.create(1).get(0);
        rig.record(key, TODAY, 1);
        CountDownLatch locked = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        Thread first = new Thread(() -> rig.node(step -> {
                    if (step == Step.LOCKED) {
                        locked.countDown();
                        await(go);
                    }
                })
                .settle());
        first.start();
        await(locked);
        assertThat(rig.node().settle().ran()).isFalse();
        go.countDown();
        first.join();
        assertThat(rig.settled(key)).isEqualTo(1);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aSettlerThatWakesUpLateDoesNothing() {
        String key = rig.keys.create(1).get(0);
        rig.record(key, TODAY, 1);
        assertThatThrownBy(() -> rig.node(step -> {
                            if (step == Step.CLAIMED) {
                                // It stalls and loses its transaction with the lock. Another node settles.
                                rig.keys.rows(
                                        "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'");
                                rig.settleAll();
                                rig.record(key, TODAY, 1);
                                rig.settleAll();
                            }
                        })
                        .settle())
                .isInstanceOf(RuntimeException.class);
        assertThat(rig.settled(key)).isEqualTo(2);
        assertThat(rig.node().settle().keys()).isZero();
    }

    @Test
    void monthCountersAreSettledAndNeverLowered() {
        String key = rig.keys.create(1).get(0);
        String account = rig.keys.accountOf(key);
        BillingMonth month = BillingMonth.at(System.currentTimeMillis());
        String counter = new RedisKeys("").quota(Caller.account(account), month);
        for (String used : List.of("41", "42", "7")) {
            rig.client.getBucket(counter, StringCodec.INSTANCE).set(used);
            rig.record(key, TODAY, 1);
            rig.node().settle();
        }
        assertThat(rig.keys.rows("SELECT month, used FROM quota_usage WHERE account_id = ?::uuid", account))
                .containsExactly(Map.of("month", month.toString(), "used", 42L));
    }

    @Test
    void withoutTheDatabaseTheExpiryIsRenewed() {
        String key = rig.keys.create(1).get(0);
        rig.record(key, TODAY, 1);
        String name = "metrics:apikey:{" + key + "}";
        rig.client.getBucket(name).expire(Duration.ofMinutes(1));
        Transactions none = new Transactions() {
            @Override
            public <T> T call(java.util.function.Supplier<T> work) {
                throw new IllegalStateException("no database");
            }
        };
        Settlement settlement = new Settlement(rig.pending, null, null, rig.audit::add, System::currentTimeMillis, 100);
        assertThatThrownBy(() -> settlement.settle(none)).hasMessage("no database");
        assertThat(rig.client.getBucket(name).remainTimeToLive())
                .isGreaterThan(Duration.ofDays(6).toMillis());
        rig.settleAll();
        assertThat(rig.settled(key)).isEqualTo(1);
    }

    @Test
    void aDatabaseWhoseBatchIdsWentBackCatchesUp() {
        String key = rig.keys.create(1).get(0);
        rig.client.getBucket("settled:{" + key + "}", StringCodec.INSTANCE).set("900000");
        rig.record(key, TODAY, 1);
        rig.node().settle();
        assertThat(rig.settled(key)).isZero();
        rig.node().settle();
        assertThat(rig.settled(key)).isEqualTo(1);
    }

    @Test
    void anEmptiedRedisRaisesNoAlarmLater() {
        String key = rig.keys.create(1).get(0);
        rig.record(key, TODAY, 3);
        rig.node().settle();
        rig.record(key, TODAY, 3);
        rig.client.getKeys().flushall();
        rig.record(key, TODAY, 4);
        assertThat(rig.ledger().report().isBalanced()).isTrue();
        rig.node().settle();
        assertThat(rig.settled(key)).isEqualTo(7);
        assertThat(rig.audit).isEmpty();
        assertThat(rig.ledger().report().isBalanced()).isTrue();
    }

    @Test
    void noCommandScansKeysAndEveryKeyExpires() {
        String key = rig.keys.create(1).get(0);
        try (RedisWire wire = new RedisWire(rig.redis.port())) {
            wire.send("CONFIG", "RESETSTAT");
            rig.record(key, TODAY, 1);
            rig.record(UUID.randomUUID().toString(), TODAY, 1);
            rig.node().settle();
            rig.record(key, TODAY, 1);
            rig.ledger().report();
            assertThat(wire.commandStatistics())
                    .contains("cmdstat_evalsha")
                    .doesNotContain("cmdstat_scan", "cmdstat_keys", "cmdstat_sscan", "cmdstat_hscan", "cmdstat_zscan");
        }
        rig.client
                .getKeys()
                .getKeys()
                .forEach(name -> assertThat(rig.client.getKeys().remainTimeToLive(name))
                        .as(name)
                        .isPositive());
    }
}
