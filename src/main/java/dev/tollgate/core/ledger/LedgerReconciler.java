package dev.tollgate.core.ledger;

import dev.tollgate.core.ledger.LedgerReport.KeyReport;
import dev.tollgate.core.ledger.SettlementStore.Books;
import dev.tollgate.core.ledger.SettlementStore.KeyBook;
import dev.tollgate.core.usage.LedgerSnapshot;
import dev.tollgate.core.usage.PendingUsage;
import dev.tollgate.core.usage.PendingUsage.KeyLedger;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A comparison of Redis's ledgers with PostgreSQL's, which stops neither.
 *
 * <p>The database is read before Redis. A batch applied in between shows as a claim the database's view does not know yet,
 * and is counted as claimed; one that was acknowledged in between shows by its id, and that key is read again. Thread-safe.
 */
public final class LedgerReconciler {

    private static final int PAGE = 1_000;
    private static final int MAX_KEYS = 50_000;
    private static final int MAX_SHOWN = 100;
    private static final int ATTEMPTS = 5;

    private final PendingUsage pending;
    private final SettlementStore settled;

    /**
     * @param pending Redis's side
     * @param settled PostgreSQL's side
     */
    public LedgerReconciler(PendingUsage pending, SettlementStore settled) {
        this.pending = pending;
        this.settled = settled;
    }

    /**
     * Checks the totals and every changed key, up to {@value #MAX_KEYS}. Blocks.
     *
     * @throws RuntimeException if Redis or PostgreSQL cannot be asked
     */
    public LedgerReport report() {
        Books totals = settled.books(List.of());
        BigInteger recorded = totals.recorded();
        BigInteger waiting = BigInteger.ZERO;
        List<KeyReport> unbalanced = new ArrayList<>();
        int keys = 0;
        List<String> page;
        do {
            page = pending.changedKeys(keys, PAGE);
            for (KeyReport key : compareAll(page)) {
                recorded = recorded.add(BigInteger.valueOf(key.recorded() - key.accounted()));
                waiting = waiting.add(BigInteger.valueOf(key.claimed() + key.pending()));
                if (!key.isBalanced() && unbalanced.size() < MAX_SHOWN) {
                    unbalanced.add(key);
                }
            }
            keys += page.size();
        } while (page.size() == PAGE && keys < MAX_KEYS);
        return new LedgerReport(
                recorded,
                totals.settled(),
                waiting,
                totals.setAside(),
                keys,
                page.size() < PAGE,
                unbalanced,
                totals.mismatches(),
                totals.lastMismatch(),
                totals.setAsideLately());
    }

    /** Returns one key's account; empty if Redis keeps no ledger of it, since it rested for long. Blocks. */
    public Optional<KeyReport> report(String keyId) {
        return compareAll(List.of(keyId)).stream().findFirst();
    }

    /**
     * What a recount changed.
     *
     * @param difference requests by which "recorded" was raised, in the totals and the keys together; negative if it was lowered
     * @param keys keys whose ledgers were begun anew, by the requests their "recorded" was raised
     */
    public record Recount(BigInteger difference, Map<String, Long> keys) {
        public Recount {
            keys = Map.copyOf(keys);
        }
    }

    /**
     * Makes what is there the truth after a mismatch was examined: the ledgers of unbalanced keys begin anew with what is
     * pending, and the total recorded becomes what was settled and quarantined. No count is changed. Blocks.
     *
     * @throws RuntimeException if Redis or PostgreSQL cannot be asked; doing it again is safe
     */
    public Recount recount() {
        Map<String, Long> keys = new TreeMap<>();
        List<KeyReport> unbalanced = report().unbalanced();
        for (int round = 0; round < ATTEMPTS && !unbalanced.isEmpty(); round++) {
            for (KeyReport key : unbalanced) {
                pending.recount(key.keyId());
                keys.merge(key.keyId(), key.accounted() + key.claimed() + key.pending() - key.recorded(), Long::sum);
            }
            unbalanced = report().unbalanced();
        }
        BigInteger difference = settled.recount();
        for (long change : keys.values()) {
            difference = difference.add(BigInteger.valueOf(change));
        }
        return new Recount(difference, keys);
    }

    private List<KeyReport> compareAll(List<String> keyIds) {
        List<KeyReport> reports = new ArrayList<>();
        List<String> left = keyIds;
        for (int attempt = 0; attempt < ATTEMPTS && !left.isEmpty(); attempt++) {
            Map<String, KeyBook> books = settled.books(left).keys();
            Map<String, KeyLedger> ledgers = pending.ledgers(left);
            List<String> again = new ArrayList<>();
            for (String keyId : left) {
                KeyLedger ledger = ledgers.get(keyId);
                KeyBook book = books.get(keyId);
                if (ledger == null || book == null || !ledger.mark().isKept()) {
                    continue;
                }
                if (ledger.acknowledgedBatch() > book.appliedBatch()) {
                    again.add(keyId);
                } else {
                    reports.add(compare(keyId, ledger, book));
                }
            }
            left = again;
        }
        return reports;
    }

    private static KeyReport compare(String keyId, KeyLedger ledger, KeyBook book) {
        LedgerSnapshot snapshot = ledger.mark();
        boolean applied = ledger.claimedBatch() > 0 && ledger.claimedBatch() <= book.appliedBatch();
        long claimed = applied ? 0 : ledger.claimed();
        boolean comparable = book.exists() && book.epoch() == snapshot.epoch();
        long accounted = comparable ? book.requests() : snapshot.taken() + (applied ? ledger.claimed() : 0);
        return new KeyReport(keyId, snapshot.recorded(), accounted, claimed, snapshot.pending());
    }
}
