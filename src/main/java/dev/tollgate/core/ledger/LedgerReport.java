package dev.tollgate.core.ledger;

import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A report on whether every recorded request is accounted for: recorded = settled + pending + quarantined, in requests.
 *
 * @param recorded by Redis's ledgers
 * @param settled in PostgreSQL
 * @param pending in Redis, claimed ones among them
 * @param setAside in PostgreSQL's table of what could not be written
 * @param keys changed keys that were checked
 * @param complete false if there were more than one report checks
 * @param unbalanced keys whose own books do not balance, the first of them
 * @param mismatches how often the settlement has found a key's books unbalanced
 * @param lastMismatch when it last did
 * @param setAsideLately claims quarantined within the last hour
 */
public record LedgerReport(
        BigInteger recorded,
        BigInteger settled,
        BigInteger pending,
        BigInteger setAside,
        int keys,
        boolean complete,
        List<KeyReport> unbalanced,
        long mismatches,
        Optional<Instant> lastMismatch,
        RecentQuarantine setAsideLately) {

    /**
     * The same for one key, since its ledger in Redis was begun.
     *
     * @param keyId the API key's id
     * @param recorded by Redis's ledger
     * @param accounted settled or quarantined, by PostgreSQL; by Redis's ledger where the database has no row of the key
     * @param claimed claimed and neither settled nor quarantined
     * @param pending recorded and not claimed
     */
    public record KeyReport(String keyId, long recorded, long accounted, long claimed, long pending) {

        /** Whether all of it is accounted for. */
        public boolean isBalanced() {
            return recorded == accounted + claimed + pending;
        }
    }

    public LedgerReport {
        unbalanced = List.copyOf(unbalanced);
    }

    /** Returns whether all of it is accounted for. */
    public boolean isBalanced() {
        return unbalanced.isEmpty() && recorded.equals(settled.add(pending).add(setAside));
    }
}
