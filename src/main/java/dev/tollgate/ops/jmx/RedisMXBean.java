package dev.tollgate.ops.jmx;

import java.util.SortedMap;

/** Redis as this node sees it, {@code dev.tollgate:type=Redis}. */
public interface RedisMXBean {

    /** Whether it answered when it was last looked at, five seconds ago at most. */
    boolean isUp();

    /** Whether decisions wait longer for it than {@code tollgate.redis.latency-threshold}. */
    boolean isLatencyHigh();

    /** Round trips of the last minute, by what they were for. */
    SortedMap<String, Trips> getLatency();

    /** Connections this node has. */
    long getConnections();

    /** Memory in use; -1 if it does not say. */
    long getUsedMemoryBytes();

    /** Commands per second of late; -1 if it does not say. */
    long getCommandsPerSecond();

    /** Round trips of the last minute. */
    interface Trips {

        /** How many. */
        long getCount();

        /** Half took no longer, in microseconds; 0 for none. */
        long getP50Micros();

        /** 99 % took no longer. */
        long getP99Micros();

        /** The longest. */
        long getMaxMicros();
    }
}
