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
 * Looks after the settlement's passes whether the ledger balances, in all and for every changed key, and notes it. Not
 * thread-safe: one caller at a time.
 */
public final class LedgerMonitor {

    private static final System.Logger LOG = System.getLogger(LedgerMonitor.class.getName());

    /** A look at many changed keys costs; it takes this part of a node's time at most. */
    private static final int PART = 20;

    private final LedgerReconciler ledger;
    private final LastLedgerReport state;
    private final AuditSink audit;
    private final LongSupplier clock;
    private long nextAt;

    /**
     * @param ledger what is looked at
     * @param state where it is noted
     * @param audit learns that the ledger no longer balances
     * @param clock milliseconds since the epoch
     */
    public LedgerMonitor(LedgerReconciler ledger, LastLedgerReport state, AuditSink audit, LongSupplier clock) {
        this.ledger = ledger;
        this.state = state;
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * Looks, unless the last look was long and not long ago.
     *
     * @param settling whether this node is the one that settles: of several nodes that see the same, only that one tells
     * @throws RuntimeException if Redis or PostgreSQL cannot be asked; what was noted before stays
     */
    public void check(boolean settling) {
        long begun = clock.getAsLong();
        if (begun < nextAt) {
            return;
        }
        LedgerReport report = ledger.report();
        long now = clock.getAsLong();
        nextAt = now + (PART - 1) * (now - begun);
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
