package dev.tollgate.ops.jmx;

import java.util.SortedMap;

/** The MXBean of Redis as this node sees it, {@code dev.tollgate:type=Redis}. */
public interface RedisMXBean {

    /** Returns whether Redis replied to the last check, at most five seconds ago. */
    boolean isUp();

    /** Returns whether decisions wait longer for Redis than {@code tollgate.redis.latency-threshold}. */
    boolean isLatencyHigh();

    /** Returns the round trips of the last minute, by purpose. */
    SortedMap<String, Trips> getLatency();

    /** Returns the number of this node's connections. */
    long getConnections();

    /** Returns the memory Redis uses, in bytes; -1 if unknown. */
    long getUsedMemoryBytes();

    /** Returns the commands per second at present; -1 if unknown. */
    long getCommandsPerSecond();

    /** The round trips of the last minute for one purpose. */
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
