package dev.tollgate.core.refusal;

import dev.tollgate.core.limit.Caller;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A sampler of refusals: it counts all of them and makes few rows.
 *
 * <p>The refusals of a caller for one reason within one minute become one row, with the details of the first one. A node makes
 * {@code maxRows} such rows a minute at most, half of them for addresses at most. What is beyond that is counted in one row for
 * each reason, without a caller. So the counts of all rows add up to the refusals noted, but for those in {@link #uncounted}.
 *
 * <p>Memory is bounded by the rows of two minutes and {@value #MAX_OTHERS} rows without a caller, also if nothing drains.
 * Thread-safe. {@link #note} waits for nothing but others that count in the same row.
 */
public final class RefusalSampler {

    /** The number of rows without a caller at most. Their reasons come from the routes file, so callers cannot add any. */
    static final int MAX_OTHERS = 1_000;

    private static final long MINUTE_MILLIS = 60_000;

    /** How long a minute's rows still count after its end, for requests that read the clock just before it. */
    private static final long GRACE_MILLIS = 1_000;

    private final int maxRows;
    private final ConcurrentHashMap<Key, Count> rows = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Key, Count> others = new ConcurrentHashMap<>();
    private final AtomicReference<Budget> budget = new AtomicReference<>(new Budget(Long.MIN_VALUE / 2));
    private final LongAdder uncounted = new LongAdder();

    /** What one row stands for. Without a caller it stands for callers beyond the bound. */
    private record Key(long minute, @Nullable Caller caller, RefusalReason reason) {}

    /** The rows made in a minute. */
    private static final class Budget {
        private final long minute;
        private final AtomicInteger rows = new AtomicInteger();
        private final AtomicInteger ofAddresses = new AtomicInteger();

        private Budget(long minute) {
            this.minute = minute;
        }
    }

    /** The count of a row. Changed only within the map's atomic operations on its key. */
    private static final class Count {
        private final String id = UUID.randomUUID().toString();
        private final RefusedRequest first;
        private long lastMillis;
        private long count;
        private long written;

        private Count(RefusedRequest first) {
            this.first = first;
            this.lastMillis = first.atMillis();
        }

        private Count add(RefusedRequest refused) {
            count++;
            lastMillis = Math.max(lastMillis, refused.atMillis());
            return this;
        }

        private RefusalRow row(Key key) {
            boolean own = key.caller() != null;
            return new RefusalRow(
                    id,
                    first.atMillis(),
                    lastMillis,
                    key.caller(),
                    own ? first.keyId() : null,
                    own ? first.address() : null,
                    own ? first.requestId() : null,
                    key.reason(),
                    count);
        }
    }

    /**
     * @param maxRows rows with a caller a minute at most; 0 to note nothing
     */
    public RefusalSampler(int maxRows) {
        this.maxRows = maxRows;
    }

    /** Notes a refusal. Never blocks for long and never fails. */
    public void note(RefusedRequest refused) {
        if (maxRows == 0) {
            return;
        }
        long minute = Math.floorDiv(refused.atMillis(), MINUTE_MILLIS);
        Key own = new Key(minute, refused.caller(), refused.reason());
        if (!count(rows, own, refused, () -> takeRow(minute, refused.caller()))
                && !count(
                        others,
                        new Key(minute, null, refused.reason()),
                        refused,
                        () -> others.mappingCount() < MAX_OTHERS)) {
            uncounted.increment();
        }
    }

    /** Counts a refusal in its row. Returns false if there is no such row and no room for one. */
    private static boolean count(
            ConcurrentHashMap<Key, Count> counts, Key key, RefusedRequest refused, BooleanSupplier room) {
        return counts.compute(key, (same, known) -> {
                    if (known != null) {
                        return known.add(refused);
                    }
                    return room.getAsBoolean() ? new Count(refused).add(refused) : null;
                })
                != null;
    }

    /** Takes one of the minute's rows. Returns false if there is none left. */
    private boolean takeRow(long minute, Caller caller) {
        if (rows.mappingCount() >= 2L * maxRows) {
            return false;
        }
        Budget now = budgetOf(minute);
        if (!caller.isAccount() && !take(now.ofAddresses, (maxRows + 1) / 2)) {
            return false;
        }
        return take(now.rows, maxRows);
    }

    private static boolean take(AtomicInteger taken, int most) {
        return taken.getAndUpdate(rows -> rows < most ? rows + 1 : rows) < most;
    }

    private Budget budgetOf(long minute) {
        Budget known = Objects.requireNonNull(budget.get());
        // A request that read the clock just before the minute's end takes a row of the next one.
        while (minute != known.minute && minute != known.minute - 1) {
            Budget next = new Budget(minute);
            if (budget.compareAndSet(known, next)) {
                return next;
            }
            known = Objects.requireNonNull(budget.get());
        }
        return known;
    }

    /**
     * Returns the rows that are new, and those of minutes that are over whose count grew since they were returned. Call it every
     * second or so, by one thread at a time.
     *
     * @param nowMillis the present, milliseconds since the epoch
     */
    public List<RefusalRow> drain(long nowMillis) {
        long minute = Math.floorDiv(nowMillis, MINUTE_MILLIS);
        long open = Math.floorDiv(nowMillis - GRACE_MILLIS, MINUTE_MILLIS);
        // Later minutes than the next one are of a clock that was set back since.
        return drain(key -> key.minute() < open || key.minute() > minute + 1);
    }

    /** Returns all rows whose count grew since they were returned, and forgets all, for the end of the node. */
    public List<RefusalRow> drainAll() {
        return drain(key -> true);
    }

    private List<RefusalRow> drain(Predicate<Key> isOver) {
        List<RefusalRow> drained = new ArrayList<>();
        drain(rows, isOver, drained);
        drain(others, isOver, drained);
        return drained;
    }

    private static void drain(ConcurrentHashMap<Key, Count> counts, Predicate<Key> isOver, List<RefusalRow> drained) {
        for (Key each : counts.keySet()) {
            boolean over = isOver.test(each);
            counts.computeIfPresent(each, (key, count) -> {
                if (count.written == 0 || over && count.count > count.written) {
                    count.written = count.count;
                    drained.add(count.row(key));
                }
                return over ? null : count;
            });
        }
    }

    /** Returns the number of rows in memory. */
    public int size() {
        return rows.size() + others.size();
    }

    /** Returns the number of refusals that no row counts, since there were too many reasons. */
    public long uncounted() {
        return uncounted.sum();
    }
}
