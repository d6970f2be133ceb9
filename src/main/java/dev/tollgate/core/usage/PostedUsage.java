package dev.tollgate.core.usage;

import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * A port to Redis that takes usage posted by other services and counts each event once, however often it is sent.
 * Thread-safe.
 */
public interface PostedUsage {

    /**
     * Adds those events to the key's pending usage whose identity was not among the key's within the last 24 hours: all of
     * them or, if it refuses for want of room, none. To remember and to add are one step, so after a failure, which may come
     * when some were added, the same events may be sent again.
     *
     * @param accountId the account the key belongs to: the caller whose minute the batch is charged to
     * @param keyId the API key's id
     * @param events at most {@value PostedEvent#MAX_EVENTS}, all of this key
     */
    CompletionStage<Receipt> take(String accountId, String keyId, List<PostedEvent> events);

    /** What became of a batch. */
    sealed interface Receipt permits Taken, Full, Overflowing, TooManyCells {}

    /**
     * It was taken.
     *
     * @param counted per event whether it was added now; false if its identity was known
     */
    record Taken(List<Boolean> counted) implements Receipt {
        public Taken {
            counted = List.copyOf(counted);
        }
    }

    /**
     * Nothing was taken: the key has as many identities this quarter of the day as are remembered.
     *
     * @param retryAfterMillis until the next quarter begins, above 0
     */
    record Full(long retryAfterMillis) implements Receipt {}

    /** Nothing was taken: the key's pending sums would leave the range in which they are exact, until they are settled. */
    record Overflowing() implements Receipt {}

    /**
     * Nothing was taken: the caller's batches would cost more this minute than they may.
     *
     * @param cells what this one costs, see {@link UsageCells}
     * @param most what those of one minute cost at most
     * @param retryAfterMillis until the minute is over, above 0
     */
    record TooManyCells(int cells, int most, long retryAfterMillis) implements Receipt {}
}
