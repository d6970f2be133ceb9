package dev.tollgate.settlement;

import dev.tollgate.core.audit.AuditEvent;
import dev.tollgate.core.audit.AuditSink;
import dev.tollgate.core.ledger.SettlementStore;
import dev.tollgate.core.ledger.SettlementStore.Applied;
import dev.tollgate.core.ledger.SettlementStore.Mismatch;
import dev.tollgate.core.limit.BillingMonth;
import dev.tollgate.core.limit.QuotaCounters;
import dev.tollgate.core.usage.ClaimedUsage;
import dev.tollgate.core.usage.PendingUsage;
import dev.tollgate.core.usage.PendingUsage.Claims;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Moves pending usage into the settled counts. A pass takes the changed keys, longest waiting first, each once, some
 * thousands per transaction:
 *
 * <ol>
 *   <li>lock: one node at a time, by a lock that ends with the transaction;
 *   <li>claim in Redis under a new batch id, or find the claim a dead pass has left;
 *   <li>apply in PostgreSQL: the counts, the keys' last batch and the batch's row, together;
 *   <li>commit;
 *   <li>acknowledge in Redis.
 * </ol>
 *
 * <p>It may die after any step. Before the commit nothing has happened but a claim, which the next pass finds; after it the
 * claim is known by its batch id and only acknowledged. Not thread-safe: one caller at a time.
 */
public final class Settlement {

    private static final System.Logger LOG = System.getLogger(Settlement.class.getName());

    /** How often the expiry of what waits is put off, while the database cannot be written; it is 7 days. */
    private static final Duration RENEWAL = Duration.ofHours(1);

    /** Month counters stay in Redis for 7 days after the month. */
    private static final Duration LAST_MONTH_KEPT = Duration.ofDays(8);

    /** Where a test can make it die. */
    enum Step {
        LOCKED,
        CLAIMED,
        APPLIED,
        COMMITTED,
        ACKNOWLEDGED
    }

    /**
     * What a pass did.
     *
     * @param ran false if another node was at it
     * @param batches transactions committed
     * @param keys keys whose counts were added
     * @param repeated keys whose claim had been applied by a pass that died before acknowledging it
     * @param setAside keys that could not be written
     * @param requests requests added
     * @param failed keys that could not be claimed this time
     */
    public record SettlementResult(
            boolean ran, int batches, int keys, int repeated, int setAside, long requests, int failed) {

        static final SettlementResult NOTHING = new SettlementResult(true, 0, 0, 0, 0, 0, 0);

        SettlementResult and(Batch batch) {
            Applied applied = batch.applied();
            return new SettlementResult(
                    true,
                    batches + 1,
                    keys + applied.keys(),
                    repeated + applied.repeated(),
                    setAside + applied.setAside(),
                    requests + applied.requests(),
                    failed + batch.claims().failed());
        }

        SettlementResult interrupted() {
            return new SettlementResult(false, batches, keys, repeated, setAside, requests, failed);
        }
    }

    /** One transaction's work; locked out if there are no claims at all. */
    private record Batch(boolean locked, Claims claims, Applied applied) {}

    private static final Applied NOTHING_APPLIED = new Applied(0, 0, 0, 0, List.of());

    private final PendingUsage pending;
    private final SettlementStore ledger;
    private final QuotaCounters quotas;
    private final AuditSink audit;
    private final LongSupplier clock;
    private final int batchSize;
    private final Consumer<Step> watcher;
    private long renewedAt;

    /**
     * @param pending what is to be settled
     * @param ledger where it goes
     * @param quotas the month counters, settled along
     * @param audit learns of books that do not balance
     * @param clock milliseconds since the epoch
     * @param batchSize keys per transaction at most
     */
    public Settlement(
            PendingUsage pending,
            SettlementStore ledger,
            QuotaCounters quotas,
            AuditSink audit,
            LongSupplier clock,
            int batchSize) {
        this(pending, ledger, quotas, audit, clock, batchSize, step -> {});
    }

    Settlement(
            PendingUsage pending,
            SettlementStore ledger,
            QuotaCounters quotas,
            AuditSink audit,
            LongSupplier clock,
            int batchSize,
            Consumer<Step> watcher) {
        this.pending = pending;
        this.ledger = ledger;
        this.quotas = quotas;
        this.audit = audit;
        this.clock = clock;
        this.batchSize = batchSize;
        this.watcher = watcher;
    }

    /**
     * Runs one pass. What changes meanwhile is left to the next one.
     *
     * @throws RuntimeException if Redis or PostgreSQL failed it; what it had not finished is found by the next pass
     */
    public SettlementResult settle(Transactions transactions) {
        try {
            SettlementResult pass = settleAll(transactions);
            renewedAt = 0;
            return pass;
        } catch (RuntimeException e) {
            renew();
            throw e;
        }
    }

    private SettlementResult settleAll(Transactions transactions) {
        Set<String> seen = new HashSet<>();
        SettlementResult pass = SettlementResult.NOTHING;
        int skip = 0;
        List<String> page;
        do {
            page = pending.changedKeys(skip, batchSize);
            List<String> fresh = page.stream().filter(seen::add).toList();
            if (fresh.isEmpty()) {
                skip += page.size(); // done with, and changed again or left over: look behind them
                continue;
            }
            Batch batch = transactions.call(() -> batch(fresh));
            if (!batch.locked()) {
                return pass.interrupted();
            }
            watcher.accept(Step.COMMITTED);
            pending.acknowledge(batch.claims().claims());
            watcher.accept(Step.ACKNOWLEDGED);
            report(batch.applied().mismatches());
            pass = pass.and(batch);
        } while (page.size() == batchSize);
        return pass;
    }

    private Batch batch(List<String> keyIds) {
        if (!ledger.tryLock()) {
            return new Batch(false, new Claims(List.of(), 0, 0), NOTHING_APPLIED);
        }
        watcher.accept(Step.LOCKED);
        long batchId = ledger.nextBatchId();
        Claims claims = pending.claim(keyIds, batchId);
        watcher.accept(Step.CLAIMED);
        if (claims.refusedBy() > 0) {
            ledger.skipBatchIds(claims.refusedBy());
        }
        if (claims.claims().isEmpty()) {
            return new Batch(true, claims, NOTHING_APPLIED);
        }
        Applied applied = ledger.apply(batchId, claims.claims());
        settleQuotas(claims.claims());
        watcher.accept(Step.APPLIED);
        return new Batch(true, claims, applied);
    }

    private void settleQuotas(List<ClaimedUsage> claims) {
        Set<String> accounts = new HashSet<>(
                ledger.accountsOf(claims.stream().map(ClaimedUsage::keyId).toList())
                        .values());
        if (accounts.isEmpty()) {
            return;
        }
        long now = clock.getAsLong();
        BillingMonth month = BillingMonth.at(now);
        ledger.settleQuota(month.toString(), quotas.used(accounts, month));
        if (now - month.startMillis() < LAST_MONTH_KEPT.toMillis()) {
            BillingMonth last = BillingMonth.of(month.month().minusMonths(1));
            ledger.settleQuota(last.toString(), quotas.used(accounts, last));
        }
    }

    private void report(List<Mismatch> mismatches) {
        for (Mismatch mismatch : mismatches) {
            LOG.log(Level.ERROR, "the ledger does not balance: {0}", mismatch);
            audit.note(new AuditEvent(
                    AuditEvent.Type.LEDGER_MISMATCH,
                    clock.getAsLong(),
                    null,
                    "settlement",
                    Map.of(
                            "keyId", mismatch.keyId(),
                            "expected", Long.toString(mismatch.expected()),
                            "found", Long.toString(mismatch.found()),
                            "what", mismatch.what())));
        }
    }

    /** So that nothing pending expires unsettled, however long the database stays away. */
    private void renew() {
        long now = clock.getAsLong();
        if (now - renewedAt < RENEWAL.toMillis()) {
            return;
        }
        try {
            int skip = 0;
            List<String> page;
            do {
                page = pending.changedKeys(skip, batchSize);
                pending.renew(page);
                skip += page.size();
            } while (page.size() == batchSize);
            renewedAt = now;
        } catch (RuntimeException e) {
            LOG.log(Level.DEBUG, "expiry could not be put off; the next pass tries again", e);
        }
    }
}
