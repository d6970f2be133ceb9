package dev.tollgate.core.ledger;

import dev.tollgate.core.usage.PendingUnavailableException;
import dev.tollgate.core.usage.PendingUsage;
import dev.tollgate.core.usage.Recording;
import dev.tollgate.core.usage.UsageCounts;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Gives usage that was set aside back to Redis, as if it had just been recorded, so that the next settlement takes it by the
 * same way as any other. Recording comes first and the row goes after it; both may be repeated: Redis knows the recording by
 * its source and sequence and adds it once, also where two administrators try at the same time, or one that died in between
 * tries again within a week. Thread-safe.
 */
public final class SetAsideRetry {

    private static final long PATIENCE_SECONDS = 3;

    /** How it went. */
    public enum Outcome {
        /** It waits for the next settlement. */
        GIVEN_BACK,
        /** There is no such row, or no more. */
        UNKNOWN,
        /** The key is not there, so it would be set aside again. */
        NO_SUCH_KEY,
        /** The counts are none an honest recording could have. */
        NOT_COUNTS
    }

    private final PendingUsage pending;
    private final SetAsideUsages aside;

    /** From PostgreSQL to Redis. */
    public SetAsideRetry(PendingUsage pending, SetAsideUsages aside) {
        this.pending = pending;
        this.aside = aside;
    }

    /**
     * Tries one.
     *
     * @throws PendingUnavailableException if Redis did not confirm in time; trying again counts nothing twice
     */
    public Outcome retry(long batchId, String keyId) {
        Optional<SetAsideUsages.Aside> found = aside.find(batchId, keyId);
        if (found.isEmpty()) {
            return Outcome.UNKNOWN;
        }
        SetAsideUsages.Aside usage = found.get();
        if (!usage.keyExists()) {
            return Outcome.NO_SUCH_KEY;
        }
        Recording recording = new Recording(keyId, "retry-" + batchId, 1, usage.usage());
        if (recording.requests() != usage.requests()
                || !usage.usage().values().stream().allMatch(UsageCounts::canBePending)) {
            return Outcome.NOT_COUNTS;
        }
        record(recording);
        aside.remove(batchId, keyId);
        return Outcome.GIVEN_BACK;
    }

    private void record(Recording recording) {
        Map<String, Throwable> unconfirmed;
        try {
            unconfirmed =
                    pending.record(List.of(recording)).toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
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
