package dev.tollgate.settlement;

import dev.tollgate.core.audit.AuditEvent;
import dev.tollgate.core.audit.AuditSink;
import dev.tollgate.core.ledger.QuotaCounters;
import dev.tollgate.core.ledger.SettlementStore;
import dev.tollgate.core.ledger.SettlementStore.Applied;
import dev.tollgate.core.ledger.SettlementStore.Mismatch;
import dev.tollgate.core.limit.BillingMonth;
import dev.tollgate.core.usage.ClaimedUsage;
import dev.tollgate.core.usage.PendingUsage;
import dev.tollgate.core.usage.PendingUsage.Claims;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The settlement: it moves pending usage from Redis into the settled counts of PostgreSQL, exactly once.
 *
 * <p>A pass takes each changed key once, oldest first, some thousands per transaction:
 *
 * <ol>
 *   <li>lock, so that one node settles at a time; the lock ends with the transaction;
 *   <li>claim the usage in Redis under a new batch ID, or return the claim of a pass that died;
 *   <li>apply it in PostgreSQL: the counts, the last batch of each key, and the row of the batch;
 *   <li>commit;
 *   <li>acknowledge in Redis.
 * </ol>
 *
 * <p>A pass may die after any step. Before the commit there is only a claim, which the next pass finds. After the commit the
 * next pass recognizes the claim by its batch ID and only acknowledges it. For one thread at a time; blocks.
 *
 * <p><b>Known limitation</b>: if Redis loses its last writes, such as in a failover, usage that was not claimed by then is
 * lost. Claims that come back are recognized by the ledger and quarantined.
 */
public final class Settlement {

    private static final System.Logger LOG = System.getLogger(Settlement.class.getName());

    /** The interval at which the expiry of pending usage, 7 days, is renewed while the database cannot be written. */
    private static final Duration RENEWAL = Duration.ofHours(1);

    /** Counters of a month stay in Redis for 7 days after it, so they are settled for a day longer. */
    private static final Duration LAST_MONTH_KEPT = Duration.ofDays(8);

    /** The steps after which a test can interrupt a pass. */
    enum Step {
        LOCKED,
        CLAIMED,
        APPLIED,
        COMMITTED,
        ACKNOWLEDGED
    }

    /**
     * The result of a pass. More than five components, since each is a count of the same pass.
     *
     * @param ran false if another node held the lock
     * @param batches committed transactions
     * @param keys keys whose counts were added
     * @param repeated keys whose claim had been applied by a pass that died before it acknowledged
     * @param setAside keys whose usage was quarantined
     * @param requests requests added
     * @param failed keys that could not be claimed
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

    /** The result of one transaction; not locked if another node held the lock. */
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
     * Creates a settlement. More than five arguments, since each is a collaborator of its own.
     *
     * @param pending the pending usage in Redis
     * @param ledger the settled usage in PostgreSQL
     * @param quotas the month counters in Redis, which are settled too
     * @param audit takes an event for each mismatch of the ledger
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
     * Runs one pass. Usage recorded meanwhile is left to the next pass.
     *
     * @throws RuntimeException if Redis or PostgreSQL failed; the next pass finds what is unfinished
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
                skip += page.size(); // all settled in this pass and changed again, or failed: skip them
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
        Instant askedAt = ledger.now();
        ledger.settleQuota(month.toString(), quotas.used(accounts, month), askedAt);
        if (now - month.startMillis() < LAST_MONTH_KEPT.toMillis()) {
            BillingMonth last = BillingMonth.of(month.month().minusMonths(1));
            ledger.settleQuota(last.toString(), quotas.used(accounts, last), askedAt);
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

    /** Renews the expiry of pending usage, so that none expires while the database is down. */
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
            LOG.log(Level.DEBUG, "the expiry of pending usage could not be renewed; the next pass tries again", e);
        }
    }
}
