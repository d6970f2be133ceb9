package dev.tollgate.usage;

import java.math.BigInteger;

/**
 * The ledger as this node saw it last, for whoever shows it without asking Redis and PostgreSQL again. Numbers are requests since
 * the first batch. Thread-safe; nothing blocks.
 */
public final class LedgerState {

    private record Seen(LedgerReport report, long atMillis) {}

    private volatile Seen seen;

    /**
     * Notes a report.
     *
     * @param atMillis when it was made, milliseconds since the epoch
     */
    public void saw(LedgerReport report, long atMillis) {
        seen = new Seen(report, atMillis);
    }

    /** Whether the ledger was ever looked at since this node started. */
    public boolean isKnown() {
        return seen != null;
    }

    /** Recorded by Redis's ledgers; 0 before the first look. */
    public BigInteger recorded() {
        Seen last = seen;
        return last == null ? BigInteger.ZERO : last.report().recorded();
    }

    /** Settled in PostgreSQL; 0 before the first look. */
    public BigInteger settled() {
        Seen last = seen;
        return last == null ? BigInteger.ZERO : last.report().settled();
    }

    /** In Redis, claimed by a batch or not; 0 before the first look. */
    public BigInteger pending() {
        Seen last = seen;
        return last == null ? BigInteger.ZERO : last.report().pending();
    }

    /** Set aside in PostgreSQL; 0 before the first look. */
    public BigInteger setAside() {
        Seen last = seen;
        return last == null ? BigInteger.ZERO : last.report().setAside();
    }

    /** How often the settlement has found a key's books unbalanced; 0 before the first look. */
    public long mismatches() {
        Seen last = seen;
        return last == null ? 0 : last.report().mismatches();
    }

    /** Whether recorded = settled + pending + set aside, for each key and in all; true before the first look. */
    public boolean isBalanced() {
        Seen last = seen;
        return last == null || last.report().isBalanced();
    }

    /** When it was looked at last, milliseconds since the epoch; 0 for never. */
    public long seenAtMillis() {
        Seen last = seen;
        return last == null ? 0 : last.atMillis();
    }
}
