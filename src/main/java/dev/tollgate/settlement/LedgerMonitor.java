package dev.tollgate.settlement;

import dev.tollgate.core.audit.AuditEvent;
import dev.tollgate.core.audit.AuditSink;
import dev.tollgate.core.ledger.LastLedgerReport;
import dev.tollgate.core.ledger.LedgerReconciler;
import dev.tollgate.core.ledger.LedgerReport;
import dev.tollgate.core.ledger.LedgerReport.KeyReport;
import java.lang.System.Logger.Level;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * A check of the ledger after each settlement: whether it balances in all and for every changed key. For one thread at a time.
 */
public final class LedgerMonitor {

    private static final System.Logger LOG = System.getLogger(LedgerMonitor.class.getName());

    /** The share of a node's time that checks take at most, as its inverse, since a check of many changed keys is expensive. */
    private static final int TIME_SHARE = 20;

    private final LedgerReconciler ledger;
    private final LastLedgerReport state;
    private final AuditSink audit;
    private final LongSupplier clock;
    private long nextAt;

    /**
     * @param ledger reads the ledger
     * @param state takes each report
     * @param audit takes an event when the ledger stops balancing
     * @param clock milliseconds since the epoch
     */
    public LedgerMonitor(LedgerReconciler ledger, LastLedgerReport state, AuditSink audit, LongSupplier clock) {
        this.ledger = ledger;
        this.state = state;
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * Checks the ledger, unless the last check took long and was recent.
     *
     * @param settling whether this node has settled; of several nodes that see a mismatch, only that one writes an audit event
     * @return whether it was checked, by asking Redis and PostgreSQL
     * @throws RuntimeException if Redis or PostgreSQL failed; the last report stays
     */
    public boolean check(boolean settling) {
        long startedAt = clock.getAsLong();
        if (startedAt < nextAt) {
            return false;
        }
        LedgerReport report = ledger.report();
        long now = clock.getAsLong();
        nextAt = now + (TIME_SHARE - 1) * (now - startedAt);
        boolean balanced = state.isBalanced();
        state.update(report);
        if (balanced && !report.isBalanced()) {
            LOG.log(Level.ERROR, "the ledger does not balance: {0}", report);
            if (settling) {
                audit.note(new AuditEvent(AuditEvent.Type.LEDGER_MISMATCH, now, null, "settlement", details(report)));
            }
        } else if (!balanced && report.isBalanced()) {
            LOG.log(Level.INFO, "the ledger balances again");
        }
        return true;
    }

    private static Map<String, String> details(LedgerReport report) {
        Map<String, String> details = new LinkedHashMap<>();
        details.put("what", "in all");
        details.put("expected", report.recorded().toString());
        details.put(
                "found",
                report.settled().add(report.pending()).add(report.setAside()).toString());
        report.unbalanced().stream().findFirst().map(KeyReport::keyId).ifPresent(key -> details.put("keyId", key));
        return details;
    }
}
