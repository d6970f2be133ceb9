package dev.tollgate.core.refusal;

import dev.tollgate.core.limit.Caller;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A row that stands for all refusals of one caller and reason in one minute on one node. It has the details of the first one.
 *
 * <p>The same row is written again as its count grows, and the larger count is right. More than five components: one for each
 * thing that an operator asks about a refusal.
 *
 * @param id a UUID in canonical text
 * @param atMillis when the first refusal was, milliseconds since the epoch
 * @param lastMillis when the last one was that is counted so far
 * @param caller the caller; null if the row stands for callers beyond the bound, which have no row of their own
 * @param keyId the id of the first request's API key or principal; null for none
 * @param address the first request's address; null without a caller
 * @param requestId the first request's id; null without a caller
 * @param reason why they were refused
 * @param count how many refusals it stands for, 1 at least
 */
public record RefusalRow(
        String id,
        long atMillis,
        long lastMillis,
        @Nullable Caller caller,
        @Nullable String keyId,
        @Nullable String address,
        @Nullable String requestId,
        RefusalReason reason,
        long count) {

    public RefusalRow {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(reason, "reason");
        if (count < 1) {
            throw new IllegalArgumentException("a row stands for one refusal at least");
        }
    }
}
