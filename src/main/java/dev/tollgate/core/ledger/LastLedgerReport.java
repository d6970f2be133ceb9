package dev.tollgate.core.ledger;

import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * The last ledger report that this node made, for readers that must not query Redis and PostgreSQL again. Numbers are
 * requests since the first batch. Thread-safe; nothing blocks.
 */
public final class LastLedgerReport {

    private volatile @Nullable LedgerReport report;

    /** Keeps a report as the last one. */
    public void update(LedgerReport report) {
        this.report = report;
    }

    /** Returns whether there was a report since this node started. */
    public boolean isKnown() {
        return report != null;
    }

    /** Returns the requests recorded by Redis's ledgers; 0 before the first report. */
    public BigInteger recorded() {
        LedgerReport last = report;
        return last == null ? BigInteger.ZERO : last.recorded();
    }

    /** Returns the requests settled in PostgreSQL; 0 before the first report. */
    public BigInteger settled() {
        LedgerReport last = report;
        return last == null ? BigInteger.ZERO : last.settled();
    }

    /** Returns the requests in Redis, claimed by a batch or not; 0 before the first report. */
    public BigInteger pending() {
        LedgerReport last = report;
        return last == null ? BigInteger.ZERO : last.pending();
    }

    /** Returns the requests quarantined in PostgreSQL; 0 before the first report. */
    public BigInteger setAside() {
        LedgerReport last = report;
        return last == null ? BigInteger.ZERO : last.setAside();
    }

    /** Returns the claims that any node quarantined within the hour before the last report; none before the first. */
    public RecentQuarantine setAsideLately() {
        LedgerReport last = report;
        return last == null ? RecentQuarantine.NONE : last.setAsideLately();
    }

    /** Returns how often the settlement found a key's ledger unbalanced; 0 before the first report. */
    public long mismatches() {
        LedgerReport last = report;
        return last == null ? 0 : last.mismatches();
    }

    /** Returns whether recorded = settled + pending + quarantined, for each key and in all; true before the first report. */
    public boolean isBalanced() {
        LedgerReport last = report;
        return last == null || last.isBalanced();
    }
}
