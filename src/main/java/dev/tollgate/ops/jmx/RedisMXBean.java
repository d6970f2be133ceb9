package dev.tollgate.ops.jmx;

import java.util.SortedMap;

/** The MXBean of Redis as this node sees it, {@code dev.tollgate:type=Redis,context="/tollgate"}. */
@Description("Redis as this node sees it")
public interface RedisMXBean {

    /** Returns whether Redis replied to the last check, at most five seconds ago. */
    @Description("Whether Redis replied to the last check, at most five seconds ago")
    boolean isUp();

    /** Returns whether decisions wait longer for Redis than {@code tollgate.redis.latency-threshold}. */
    @Description("Whether decisions wait longer for Redis than tollgate.redis.latency-threshold")
    boolean isLatencyHigh();

    /** Returns the round trips of the last minute, by purpose. */
    @Description(
            "Round trips of the last minute by purpose: their number, and the median, the 99th percentile and the longest in microseconds")
    SortedMap<String, Trips> getLatency();

    /** Returns the number of this node's connections. */
    @Description(value = "Connections of this node to Redis", unit = "connections")
    long getConnections();

    /** Returns the memory Redis uses, in bytes; -1 if unknown. */
    @Description(value = "Memory that Redis uses; -1 if unknown", unit = "bytes")
    long getUsedMemoryBytes();

    /** Returns the commands per second at present; -1 if unknown. */
    @Description(value = "Commands of Redis at present, of all clients; -1 if unknown", unit = "commands per second")
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
