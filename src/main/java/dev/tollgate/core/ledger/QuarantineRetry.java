package dev.tollgate.core.ledger;

import dev.tollgate.core.usage.PendingUnavailableException;
import dev.tollgate.core.usage.PendingUsage;
import dev.tollgate.core.usage.UsageCounts;
import dev.tollgate.core.usage.UsageDelta;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A way back for quarantined usage: it is recorded in Redis again, and the next settlement takes it. The recording comes
 * before the row is deleted. Both may be repeated: Redis knows the recording by its source and sequence and adds it once.
 * That holds for two administrators at the same time, and for a retry within a week of a crash. Thread-safe.
 */
public final class QuarantineRetry {

    private static final long PATIENCE_SECONDS = 3;

    /** How it went. */
    public enum Outcome {
        /** It waits for the next settlement. */
        GIVEN_BACK,
        /** There is no such row, or no more. */
        UNKNOWN,
        /** The key is not there, so it would be quarantined again. */
        NO_SUCH_KEY,
        /** The counts are none an honest recording could have. */
        NOT_COUNTS
    }

    private final PendingUsage pending;
    private final Quarantine quarantine;

    /** Makes a retry from PostgreSQL to Redis. */
    public QuarantineRetry(PendingUsage pending, Quarantine quarantine) {
        this.pending = pending;
        this.quarantine = quarantine;
    }

    /**
     * Tries one.
     *
     * @throws PendingUnavailableException if Redis did not confirm in time; trying again counts nothing twice
     */
    public Outcome retry(long batchId, String keyId) {
        Optional<Quarantine.Entry> found = quarantine.find(batchId, keyId);
        if (found.isEmpty()) {
            return Outcome.UNKNOWN;
        }
        Quarantine.Entry usage = found.get();
        if (!usage.keyExists()) {
            return Outcome.NO_SUCH_KEY;
        }
        UsageDelta delta = new UsageDelta(keyId, "retry-" + batchId, 1, usage.usage());
        if (delta.requests() != usage.requests()
                || !usage.usage().values().stream().allMatch(UsageCounts::canBePending)) {
            return Outcome.NOT_COUNTS;
        }
        record(delta);
        quarantine.remove(batchId, keyId);
        return Outcome.GIVEN_BACK;
    }

    private void record(UsageDelta delta) {
        Map<String, Throwable> unconfirmed;
        try {
            unconfirmed = pending.record(List.of(delta)).toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PendingUnavailableException(e);
        } catch (Exception e) {
            throw new PendingUnavailableException(e);
        }
        if (!unconfirmed.isEmpty()) {
            throw new PendingUnavailableException(
                    unconfirmed.values().iterator().next());
        }
    }
}
