package dev.tollgate.core.usage;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Counts that can be summed: of one key, of one of its providers, or of either on one day. Immutable. {@link #plus} is
 * commutative and associative, so merging in any order and grouping gives the same counts.
 *
 * @param totalRequests successful and failed ones
 * @param successfulRequests those served
 * @param failedRequests those not served
 * @param totalFiles files stored
 * @param totalBytes bytes stored
 * @param lastUsedAt the latest request, milliseconds since the epoch; 0 if there was none
 * @param fileTypes files by media type; at most {@value #MAX_FILE_TYPES} types and {@link #OTHER_TYPE}
 */
public record UsageCounts(
        long totalRequests,
        long successfulRequests,
        long failedRequests,
        long totalFiles,
        long totalBytes,
        long lastUsedAt,
        Map<String, Long> fileTypes) {

    /** The most media types kept apart; the rest count as {@link #OTHER_TYPE}. */
    public static final int MAX_FILE_TYPES = 100;

    /** Where files of further types are counted. */
    public static final String OTHER_TYPE = "other";

    /** The most Redis counts: its arithmetic is that of doubles, which lose units beyond 2^53 - 1. */
    public static final long MAX_PENDING = (1L << 53) - 1;

    /** Nothing. */
    public static final UsageCounts NONE = new UsageCounts(0, 0, 0, 0, 0, 0, Map.of());

    public UsageCounts {
        fileTypes = Collections.unmodifiableMap(new TreeMap<>(fileTypes));
    }

    /** Returns the counts of one event. */
    public static UsageCounts of(UsageEvent event) {
        return new UsageCounts(
                1,
                event.successful() ? 1 : 0,
                event.successful() ? 0 : 1,
                event.files(),
                event.bytes(),
                event.atMillis(),
                event.mediaType() == null || event.files() == 0
                        ? Map.of()
                        : Map.of(event.mediaType(), (long) event.files()));
    }

    /** Returns whether an honest recording could have these counts: none is below zero or above {@value #MAX_PENDING}. */
    public boolean canBePending() {
        return fits(totalRequests)
                && fits(successfulRequests)
                && fits(failedRequests)
                && fits(totalFiles)
                && fits(totalBytes)
                && fileTypes.values().stream().allMatch(UsageCounts::fits);
    }

    private static boolean fits(long count) {
        return count >= 0 && count <= MAX_PENDING;
    }

    /** Returns whether there is nothing to add. */
    public boolean isEmpty() {
        return totalRequests == 0 && totalFiles == 0 && totalBytes == 0;
    }

    /**
     * Returns the sum of two counts, which stops at {@link Long#MAX_VALUE} instead of becoming negative.
     *
     * @param some at least 0
     * @param more at least 0
     */
    public static long sum(long some, long more) {
        long sum = some + more;
        return some > 0 && more > 0 && sum < 0 ? Long.MAX_VALUE : sum;
    }

    /** Returns the sum of both; each count stops at {@link Long#MAX_VALUE}. */
    public UsageCounts plus(UsageCounts more) {
        return new UsageCounts(
                sum(totalRequests, more.totalRequests),
                sum(successfulRequests, more.successfulRequests),
                sum(failedRequests, more.failedRequests),
                sum(totalFiles, more.totalFiles),
                sum(totalBytes, more.totalBytes),
                Math.max(lastUsedAt, more.lastUsedAt),
                mergeTypes(fileTypes, more.fileTypes));
    }

    private static Map<String, Long> mergeTypes(Map<String, Long> some, Map<String, Long> more) {
        if (more.isEmpty()) {
            return some;
        }
        if (some.isEmpty()) {
            return more;
        }
        Map<String, Long> merged = new TreeMap<>(some);
        more.forEach((type, count) -> merged.merge(type, count, UsageCounts::sum));
        return merged;
    }
}
