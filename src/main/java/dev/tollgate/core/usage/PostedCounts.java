package dev.tollgate.core.usage;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts of usage posted to this node since its start, by result. Thread-safe. */
public final class PostedCounts {

    private final LongAdder accepted = new LongAdder();
    private final LongAdder repeated = new LongAdder();
    private final LongAdder cells = new LongAdder();
    private final Map<String, LongAdder> refused = new ConcurrentHashMap<>();

    /** Counts a batch that was taken. */
    public void took(int acceptedEvents, int repeatedEvents, int cellsOfBatch) {
        accepted.add(acceptedEvents);
        repeated.add(repeatedEvents);
        cells.add(cellsOfBatch);
    }

    /**
     * Counts a batch that was refused.
     *
     * @param code the problem's code; there are few
     */
    public void refused(String code) {
        refused.computeIfAbsent(code, first -> new LongAdder()).increment();
    }

    /** Returns how many events were counted. */
    public long accepted() {
        return accepted.sum();
    }

    /** Returns how many events had a known id. */
    public long repeated() {
        return repeated.sum();
    }

    /** Returns the cells of the batches taken; see {@link UsageCells}. */
    public long cells() {
        return cells.sum();
    }

    /** Returns how many batches were refused, by the problem's code. */
    public Map<String, Long> refused() {
        Map<String, Long> counts = new TreeMap<>();
        refused.forEach((code, count) -> counts.put(code, count.sum()));
        return counts;
    }
}
