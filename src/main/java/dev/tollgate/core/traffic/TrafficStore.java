package dev.tollgate.core.traffic;

import java.util.List;
import java.util.concurrent.CompletionStage;

/** A port to Redis, where all nodes add up their traffic. Stages complete later and may fail. Thread-safe. */
public interface TrafficStore {

    /**
     * Adds this node's share of a second.
     *
     * @param second since the epoch
     */
    CompletionStage<Void> add(long second, TrafficCounts counts);

    /**
     * Returns all nodes' traffic, in sums of so many seconds.
     *
     * @param from the first second, since the epoch
     * @param seconds how many, at most {@link Traffic#SECONDS}
     * @param step seconds per sum
     * @return {@code seconds / step} sums, rounded up
     */
    CompletionStage<List<TrafficCounts>> read(long from, int seconds, int step);
}
