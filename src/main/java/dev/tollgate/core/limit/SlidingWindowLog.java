package dev.tollgate.core.limit;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/**
 * A sliding window as a run-length log: entries of time and cost, oldest first, and their sum.
 *
 * <p>For limits up to {@value #EXACT} the log is exact: every request keeps its own millisecond. Above, an entry covers a
 * cell of a two-hundredth of the window and has the time of the cell's latest request. So a unit may be held up to one cell
 * too long and never too short. The log never admits more than the limit in any window, and admits at least what an exact
 * log with a window 0.5 % longer would. It has at most {@value #CELLS} + 2 entries whatever the limit.
 *
 * <p>The rule is that of {@code gate.lua}; see docs/adr/0002-window-log.md. Not thread-safe.
 */
final class SlidingWindowLog {

    static final long EXACT = 100;
    static final int CELLS = 200;

    private record Entry(long at, long cost) {}

    private final Deque<Entry> entries = new ArrayDeque<>();
    private long total;

    /** Drops the units that have left a window of that length. */
    void slide(long now, long length) {
        while (!entries.isEmpty() && entries.peekFirst().at() + length <= now) {
            total -= entries.removeFirst().cost();
        }
    }

    /** Returns units in the window, as of the last {@link #slide}. */
    long total() {
        return total;
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    /** Returns milliseconds until the oldest units leave; 0 if there are none. */
    long untilFirstLeaves(long now, long length) {
        return entries.isEmpty() ? 0 : entries.peekFirst().at() + length - now;
    }

    /** Returns milliseconds until that much would fit; the window's length if it never does. */
    long untilFits(long cost, long limit, long now, long length) {
        long left = total;
        for (Iterator<Entry> oldestFirst = entries.iterator(); oldestFirst.hasNext(); ) {
            Entry entry = oldestFirst.next();
            left -= entry.cost();
            if (left + cost <= limit) {
                return entry.at() + length - now;
            }
        }
        return length;
    }

    /** Adds units now; a clock that went back counts them at the latest time seen. */
    void add(long cost, long limit, long now, long length) {
        long cell = limit > EXACT ? Math.max(1, length / CELLS) : 1;
        long at = entries.isEmpty() ? now : Math.max(now, entries.peekLast().at());
        if (!entries.isEmpty() && entries.peekLast().at() / cell == at / cell) {
            Entry last = entries.removeLast();
            entries.addLast(new Entry(at, last.cost() + cost));
        } else {
            entries.addLast(new Entry(at, cost));
        }
        total += cost;
    }
}
