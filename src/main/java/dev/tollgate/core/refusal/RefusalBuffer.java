package dev.tollgate.core.refusal;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A bounded buffer of rows on their way to where they are kept. A row that is there already takes no second place: the larger count
 * stays. At the bound, new rows are dropped and counted. Thread-safe; never blocks for long.
 */
public final class RefusalBuffer {

    /** Rows in a buffer at most, as nodes have it: 25 minutes' and more by default. */
    public static final int CAPACITY = 10_000;

    private final int capacity;
    private final Map<String, RefusalRow> waiting = new LinkedHashMap<>();
    private long dropped;

    /**
     * @param capacity rows at most
     */
    public RefusalBuffer(int capacity) {
        this.capacity = capacity;
    }

    /** Adds rows. */
    public synchronized void put(List<RefusalRow> rows) {
        for (RefusalRow row : rows) {
            RefusalRow known = waiting.get(row.id());
            if (known == null && waiting.size() >= capacity) {
                dropped++;
            } else if (known == null || known.count() < row.count()) {
                waiting.put(row.id(), row);
            }
        }
    }

    /**
     * Hands all rows on, oldest first. A failure ends it: the rows of that portion are back in the buffer then.
     *
     * @param most rows in a portion at most
     * @param target takes a portion; may block, and throws if it did not take it
     */
    public void flush(int most, Consumer<List<RefusalRow>> target) {
        List<RefusalRow> portion = take(most);
        while (!portion.isEmpty()) {
            try {
                target.accept(portion);
            } catch (RuntimeException e) {
                put(portion);
                throw e;
            }
            portion = portion.size() < most ? List.of() : take(most);
        }
    }

    private synchronized List<RefusalRow> take(int most) {
        List<RefusalRow> taken = new ArrayList<>(Math.min(most, waiting.size()));
        Iterator<RefusalRow> rows = waiting.values().iterator();
        while (rows.hasNext() && taken.size() < most) {
            taken.add(rows.next());
            rows.remove();
        }
        return taken;
    }

    /** Counts rows that were dropped later on the way. */
    public synchronized void drop(long rows) {
        dropped += rows;
    }

    /** Returns the number of rows dropped since the start. */
    public synchronized long dropped() {
        return dropped;
    }

    /** Returns the number of rows in the buffer. */
    public synchronized int waiting() {
        return waiting.size();
    }
}
