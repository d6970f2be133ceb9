package dev.tollgate.core.traffic;

import java.util.List;

/**
 * The traffic of a span of time.
 *
 * @param from its first second, since the epoch
 * @param step seconds that each sum covers
 * @param scope {@value #ALL} if the nodes' shares were put together in Redis, {@value #NODE} if Redis is away and these are
 *     this node's own
 * @param sums oldest first
 */
public record TrafficHistory(long from, int step, String scope, List<TrafficCounts> sums) {

    /** All nodes. */
    public static final String ALL = "all";

    /** This node alone. */
    public static final String NODE = "node";

    public TrafficHistory {
        sums = List.copyOf(sums);
    }
}
