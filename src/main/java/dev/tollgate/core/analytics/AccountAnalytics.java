package dev.tollgate.core.analytics;

import dev.tollgate.core.analytics.query.AccountUsageSource;
import dev.tollgate.core.analytics.query.AccountUsageSource.SettledAccount;
import dev.tollgate.core.usage.KeyUsage;
import dev.tollgate.core.usage.PendingSnapshot;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Reports of an account's usage, settled and unsettled together. A report takes one database statement for all keys and
 * then reads each key's unsettled usage, many keys per round trip. Administrators alone read these reports, so they are not
 * cached. Each key's part is right for the reasons {@link Analytics} gives; the keys are read moments apart. Methods block.
 * Thread-safe.
 */
public final class AccountAnalytics {

    /** The most keys whose unsettled usage is read. Of an account with more, the answer says that it lacks that usage. */
    public static final int MAX_KEYS = 10_000;

    private static final int READS_TOGETHER = 500;
    private static final int ATTEMPTS = 4;

    private final AccountUsageSource database;
    private final ReportCache cache;
    private final Clock clock;

    /**
     * @param database the settled usage
     * @param cache the unsettled usage; its stages fail in time by themselves
     * @param clock for {@code generatedAt}
     */
    public AccountAnalytics(AccountUsageSource database, ReportCache cache, Clock clock) {
        this.database = database;
        this.cache = cache;
        this.clock = clock;
    }

    /**
     * Returns an account's totals; empty if there is no such account.
     *
     * @throws dev.tollgate.core.account.DatabaseUnavailableException if the database cannot be asked
     */
    public Optional<AccountReport> report(String accountId) {
        SettledAccount settled;
        int attempt = 0;
        do {
            Optional<SettledAccount> found = database.settled(accountId);
            if (found.isEmpty()) {
                return Optional.empty();
            }
            settled = found.get();
            try {
                Optional<KeyUsage> usage = together(settled);
                if (usage.isPresent()) {
                    return Optional.of(shape(accountId, settled, usage.get(), true));
                }
            } catch (CompletionException | CancellationException e) {
                break; // Redis does not answer
            }
            attempt++;
        } while (attempt < ATTEMPTS);
        return Optional.of(shape(accountId, settled, settled.usage(), false));
    }

    private AccountReport shape(String accountId, SettledAccount settled, KeyUsage usage, boolean pendingIncluded) {
        ReportMeta meta = new ReportMeta(false, clock.instant(), pendingIncluded);
        return AccountReport.of(accountId, settled.batches().size(), usage, meta);
    }

    /** Returns empty if a batch has left Redis that the settled part lacks, or if there are too many keys. */
    private Optional<KeyUsage> together(SettledAccount settled) {
        if (settled.batches().size() > MAX_KEYS) {
            return Optional.empty();
        }
        KeyUsage usage = settled.usage();
        List<Map.Entry<String, Long>> keys = List.copyOf(settled.batches().entrySet());
        for (int from = 0; from < keys.size(); from += READS_TOGETHER) {
            List<Map.Entry<String, Long>> some = keys.subList(from, Math.min(keys.size(), from + READS_TOGETHER));
            List<CompletableFuture<PendingSnapshot>> reads = some.stream()
                    .map(key -> cache.unsettled(key.getKey()).toCompletableFuture())
                    .toList();
            for (int i = 0; i < some.size(); i++) {
                PendingSnapshot unsettled = reads.get(i).join();
                long batch = some.get(i).getValue();
                if (unsettled.outruns(batch)) {
                    return Optional.empty();
                }
                KeyUsage more = unsettled.beyond(batch);
                usage = usage.plus(new KeyUsage(more.totals(), more.providers(), Map.of(), Map.of()));
            }
        }
        return Optional.of(usage);
    }
}
