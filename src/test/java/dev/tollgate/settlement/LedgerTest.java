package dev.tollgate.settlement;

import static dev.tollgate.settlement.SettlementFixture.TODAY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.audit.AuditEvent;
import dev.tollgate.core.ledger.LastLedgerReport;
import dev.tollgate.core.ledger.LedgerReconciler;
import dev.tollgate.core.ledger.LedgerReport;
import dev.tollgate.settlement.Settlement.Step;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.redisson.client.codec.StringCodec;

/** Tests that the ledger accounts for every request, reports a mismatch, and balances again after a recount. */
class LedgerTest extends SettlementCase {

    @BeforeEach
    void empty() {
        rig.client.getKeys().flushall();
        rig.audit.clear();
        rig.ledger().recount();
    }

    @Test
    void theReportAccountsForEveryRequestWhereverItIs() {
        List<String> keys = rig.keys.create(4);
        LedgerReport before = rig.ledger().report();
        keys.forEach(key -> rig.record(key, TODAY, 2));
        rig.keys.delete(keys.get(0));
        rig.dieAt(Step.COMMITTED);
        keys.forEach(key -> rig.record(key, TODAY, 1));
        LedgerReport report = rig.ledger().report();
        assertThat(report.isBalanced()).isTrue();
        assertThat(report.recorded().subtract(before.recorded())).isEqualTo(BigInteger.valueOf(12));
        assertThat(report.settled().subtract(before.settled())).isEqualTo(BigInteger.valueOf(6));
        assertThat(report.setAside().subtract(before.setAside())).isEqualTo(BigInteger.valueOf(2));
        assertThat(report.pending()).isEqualTo(BigInteger.valueOf(4));
        assertThat(rig.ledger().report(keys.get(1))).contains(new LedgerReport.KeyReport(keys.get(1), 3, 2, 0, 1));
    }

    @Test
    void tamperedPendingCountsAreNoticedByTheReportAndTheSettlement() {
        String key = rig.keys.create(1).get(0);
        rig.record(key, TODAY, 2);
        rig.client
                .<String, String>getMap("metrics:apikey:{" + key + "}", StringCodec.INSTANCE)
                .put("total_requests", "9");
        LedgerReport report = rig.ledger().report();
        assertThat(report.isBalanced()).isFalse();
        assertThat(report.unbalanced())
                .singleElement()
                .satisfies(found -> assertThat(found.keyId()).isEqualTo(key));
        rig.node().settle();
        assertThat(rig.audit).singleElement().satisfies(event -> {
            assertThat(event.type()).isEqualTo(AuditEvent.Type.LEDGER_MISMATCH);
            assertThat(event.details()).containsEntry("keyId", key);
        });
    }

    @Test
    void aMismatchIsReportedOnceAndARecountBalancesTheLedger() {
        String key = rig.keys.create(1).get(0);
        LastLedgerReport state = new LastLedgerReport();
        LedgerMonitor check = new LedgerMonitor(rig.ledger(), state, rig.audit::add, () -> 1);
        rig.record(key, TODAY, 2);
        rig.client
                .<String, String>getMap("metrics:apikey:{" + key + "}", StringCodec.INSTANCE)
                .put("total_requests", "9");
        check.check(true);
        assertThat(state.isBalanced()).isFalse();
        assertThat(rig.audit).hasSize(1);
        rig.node().settle();
        assertThat(rig.audit).hasSize(2);
        for (int i = 0; i < 3; i++) {
            rig.record(key, TODAY, 1);
            rig.node().settle();
            check.check(true);
        }
        assertThat(rig.audit).hasSize(2);
        assertThat(state.isBalanced()).isFalse();
        assertThat(state.settled().subtract(state.recorded())).isEqualTo(BigInteger.valueOf(7));
        rig.record(key, TODAY, 1);
        assertThat(rig.ledger().recount().difference()).isEqualTo(BigInteger.valueOf(7));
        check.check(true);
        assertThat(state.isBalanced()).isTrue();
        rig.node().settle();
        check.check(true);
        assertThat(state.isBalanced()).isTrue();
        assertThat(rig.settled(key)).isEqualTo(13);
        assertThat(rig.ledger().recount().difference()).isZero();
    }

    @Test
    void aKeyWhoseLedgerDiffersIsRecountedWithoutTouchingItsCountsEvenWithAClaimUnderWay() {
        String key = rig.keys.create(1).get(0);
        rig.record(key, TODAY, 2);
        rig.dieAt(Step.COMMITTED);
        rig.record(key, TODAY, 3);
        rig.client
                .<String, String>getMap("ledger:{" + key + "}", StringCodec.INSTANCE)
                .put("recorded", "50");
        LedgerReconciler.Recount recount = rig.ledger().recount();
        assertThat(recount.keys()).containsExactly(Map.entry(key, -45L));
        assertThat(rig.ledger().report().isBalanced()).isTrue();
        rig.settleAll();
        assertThat(rig.settled(key)).isEqualTo(5);
        assertThat(rig.audit).isEmpty();
        assertThat(rig.ledger().report().isBalanced()).isTrue();
    }
}
