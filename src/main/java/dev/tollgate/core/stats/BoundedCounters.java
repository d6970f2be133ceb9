package dev.tollgate.core.stats;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counters by name, for a bounded number of names: further names are counted as {@value #OTHER}. So names from outside
 * cannot make monitoring costly. Thread-safe.
 */
public final class BoundedCounters {

    /** What all names beyond the bound are counted as. */
    public static final String OTHER = "other";

    private final int most;
    private final ConcurrentHashMap<String, LongAdder> counts = new ConcurrentHashMap<>();

    /** Makes counters for so many names at most, {@value #OTHER} not counted. */
    public BoundedCounters(int most) {
        this.most = most;
    }

    /** Adds 1 to a counter. */
    public void count(String name) {
        add(name, 1);
    }

    /** Adds a number to a counter. */
    public void add(String name, long some) {
        LongAdder count = counts.get(name);
        if (count == null) {
            String bounded = counts.size() < most ? name : OTHER;
            count = counts.computeIfAbsent(bounded, unused -> new LongAdder());
        }
        count.add(some);
    }

    /** Returns the counts by name so far. */
    public Map<String, Long> counts() {
        Map<String, Long> now = new TreeMap<>();
        counts.forEach((name, count) -> now.put(name, count.sum()));
        return now;
    }
}
