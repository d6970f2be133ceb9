package dev.tollgate.core.limit;

import java.util.ArrayList;
import java.util.List;

/**
 * A sliding window as a run-length log: entries of time and cost, oldest first, and their sum.
 *
 * <p>For limits up to {@value #EXACT} the log is exact: every request keeps its own millisecond. Above, an entry covers a cell
 * of one in {@value #CELLS} of the window and has the time of the cell's latest request. So a unit may be held up to one cell
 * too long and never too short. The log never admits more than the limit in any window, and admits at least what an exact
 * log with a window 0.4 % longer would. It has at most {@value #CELLS} + 2 entries whatever the limit.
 *
 * <p>The rule is that of {@code gate.lua}; see docs/adr/0002-window-log.md. Not thread-safe.
 */
final class SlidingWindowLog {

    static final long EXACT = 100;
    static final int CELLS = 250;
    /**
     * Milliseconds that units of a lease are dated ahead of the present, at most. Units further ahead are from before the clock
     * went back.
     */
    static final long LEAD = 1_002;

    private record Entry(long at, long cost) {}

    private final List<Entry> entries = new ArrayList<>();
    private long total;

    /** Drops the units that have left a window of that length. */
    void slide(long now, long length) {
        int left = 0;
        while (left < entries.size() && entries.get(left).at() + length <= now) {
            total -= entries.get(left).cost();
            left++;
        }
        entries.subList(0, left).clear();
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
        return entries.isEmpty() ? 0 : entries.get(0).at() + length - now;
    }

    /** Returns units dated after an instant: those out on lease. */
    long unitsAfter(long now) {
        long units = 0;
        for (int i = entries.size() - 1; i >= 0 && entries.get(i).at() > now; i--) {
            units += entries.get(i).cost();
        }
        return units;
    }

    /** Returns milliseconds until that much would fit; the window's length if it never does. */
    long untilFits(long cost, long limit, long now, long length) {
        long left = total;
        for (Entry entry : entries) {
            left -= entry.cost();
            if (left + cost <= limit) {
                return entry.at() + length - now;
            }
        }
        return length;
    }

    /**
     * Adds units at an instant, at their place in the order of time: units of a lease are dated ahead of the present, and
     * units added after them go before them. If the latest units are further ahead than {@link #LEAD}, the clock went back,
     * and the units are added at the latest time seen, since the clock may go forth again.
     *
     * @param instant milliseconds since the epoch
     */
    void add(long cost, long limit, long instant, long length) {
        long cell = cell(limit, length);
        long latest =
                entries.isEmpty() ? instant : entries.get(entries.size() - 1).at();
        long at = latest > instant + LEAD ? latest : instant;
        int later = 0;
        for (int i = entries.size() - 1; i >= 0 && entries.get(i).at() / cell > at / cell; i--) {
            later++;
        }
        int place = entries.size() - later;
        total += cost;
        if (place > 0 && entries.get(place - 1).at() / cell == at / cell) {
            Entry same = entries.get(place - 1);
            entries.set(place - 1, new Entry(Math.max(at, same.at()), same.cost() + cost));
        } else {
            entries.add(place, new Entry(at, cost));
        }
    }

    /**
     * Takes units out of the cell that holds an instant, as many as it has at most.
     *
     * @return how many were taken out
     */
    long remove(long cost, long limit, long at, long length) {
        long cell = cell(limit, length);
        for (int i = entries.size() - 1; i >= 0 && entries.get(i).at() / cell >= at / cell; i--) {
            Entry entry = entries.get(i);
            if (entry.at() / cell == at / cell) {
                long taken = Math.min(cost, entry.cost());
                total -= taken;
                if (taken == entry.cost()) {
                    entries.remove(i);
                } else {
                    entries.set(i, new Entry(entry.at(), entry.cost() - taken));
                }
                return taken;
            }
        }
        return 0;
    }

    /** Takes units out of the cell that holds an instant and of older ones, newest first. What is not found has left. */
    void refund(long cost, long limit, long instant, long length) {
        long cell = cell(limit, length);
        long left = cost;
        for (int i = entries.size() - 1; i >= 0 && left > 0; i--) {
            Entry entry = entries.get(i);
            if (entry.at() / cell <= instant / cell) {
                long taken = Math.min(left, entry.cost());
                left -= taken;
                total -= taken;
                entries.set(i, new Entry(entry.at(), entry.cost() - taken));
            }
        }
        entries.removeIf(entry -> entry.cost() == 0);
    }

    /** Takes all units out, except that each cell keeps at most those of the leases that are dated in it. */
    void keepOnly(List<InMemoryGateStore.Taken> held, long limit, long length) {
        long cell = cell(limit, length);
        for (int i = entries.size() - 1; i >= 0; i--) {
            Entry entry = entries.get(i);
            long units = held.stream()
                    .filter(lease -> lease.datedAt() / cell == entry.at() / cell)
                    .mapToLong(InMemoryGateStore.Taken::units)
                    .sum();
            entries.set(i, new Entry(entry.at(), Math.min(units, entry.cost())));
        }
        entries.removeIf(entry -> entry.cost() == 0);
        total = entries.stream().mapToLong(Entry::cost).sum();
    }

    private static long cell(long limit, long length) {
        return limit > EXACT ? Math.max(1, length / CELLS) : 1;
    }
}
