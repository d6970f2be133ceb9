package dev.tollgate.core.ledger;

import java.math.BigInteger;

/**
 * The last ledger report that this node made, for readers that must not query Redis and PostgreSQL again. Numbers are
 * requests since the first batch. Thread-safe; nothing blocks.
 */
public final class LastLedgerReport {

    private volatile LedgerReport report;

    /** Notes a report. */
    public void update(LedgerReport report) {
        this.report = report;
    }

    /** Whether the ledger was ever looked at since this node started. */
    public boolean isKnown() {
        return report != null;
    }

    /** Recorded by Redis's ledgers; 0 before the first look. */
    public BigInteger recorded() {
        LedgerReport last = report;
        return last == null ? BigInteger.ZERO : last.recorded();
    }

    /** Settled in PostgreSQL; 0 before the first look. */
    public BigInteger settled() {
        LedgerReport last = report;
        return last == null ? BigInteger.ZERO : last.settled();
    }

    /** In Redis, claimed by a batch or not; 0 before the first look. */
    public BigInteger pending() {
        LedgerReport last = report;
        return last == null ? BigInteger.ZERO : last.pending();
    }

    /** Set aside in PostgreSQL; 0 before the first look. */
    public BigInteger setAside() {
        LedgerReport last = report;
        return last == null ? BigInteger.ZERO : last.setAside();
    }

    /** Claims set aside within the hour before the last look, by any node; none before the first. */
    public RecentQuarantine setAsideLately() {
        LedgerReport last = report;
        return last == null ? RecentQuarantine.NONE : last.setAsideLately();
    }

    /** How often the settlement has found a key's books unbalanced; 0 before the first look. */
    public long mismatches() {
        LedgerReport last = report;
        return last == null ? 0 : last.mismatches();
    }

    /** Whether recorded = settled + pending + set aside, for each key and in all; true before the first look. */
    public boolean isBalanced() {
        LedgerReport last = report;
        return last == null || last.isBalanced();
    }
}
