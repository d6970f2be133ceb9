package dev.tollgate.usage;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Counts that add up: of one key, of one key's provider, or of either on one day. Immutable; {@link #plus} is commutative
 * and associative, so that merging in any order and any grouping gives the same counts.
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

    /** Nothing. */
    public static final UsageCounts NONE = new UsageCounts(0, 0, 0, 0, 0, 0, Map.of());

    public UsageCounts {
        fileTypes = Collections.unmodifiableMap(new TreeMap<>(fileTypes));
    }

    /** The counts of one event. */
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

    /** Whether there is nothing to add. */
    public boolean isEmpty() {
        return totalRequests == 0 && totalFiles == 0 && totalBytes == 0;
    }

    /** The sum of both. */
    public UsageCounts plus(UsageCounts more) {
        return new UsageCounts(
                totalRequests + more.totalRequests,
                successfulRequests + more.successfulRequests,
                failedRequests + more.failedRequests,
                totalFiles + more.totalFiles,
                totalBytes + more.totalBytes,
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
        more.forEach((type, count) -> merged.merge(type, count, Long::sum));
        return merged;
    }
}
