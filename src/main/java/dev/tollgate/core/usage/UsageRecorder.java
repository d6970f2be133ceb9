package dev.tollgate.core.usage;

import dev.tollgate.core.async.Failures;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * A recorder of usage events. It merges events in memory by key and day, and a thread of its own sends what has gathered to
 * {@link PendingUsage} a moment later. A killed process loses only what gathered in that moment. While Redis is away, usage
 * stays here, merged, up to a bound. Beyond the bound the oldest day is dropped first, and counted as dropped.
 *
 * <p>Thread-safe. {@link #record} takes one lock that is seldom contended and never waits for Redis.
 */
public final class UsageRecorder implements AutoCloseable {

    private static final Logger LOG = System.getLogger(UsageRecorder.class.getName());
    private static final int RECORDINGS_AT_ONCE = 500;
    private static final int LAST_ATTEMPTS = 5;
    private static final long LONGEST_PAUSE_MILLIS = 1_000;
    private static final Duration LAST_WAIT = Duration.ofSeconds(10);

    private final PendingUsage pending;
    private final long gatherNanos;
    private final LongSupplier clock;
    private final StripedUsageBuffer stripes;
    private final FlushQueue queue;
    private final Thread thread;
    private final AtomicBoolean gathered = new AtomicBoolean();
    private final LongAdder recorded = new LongAdder();
    private final LongAdder flushed = new LongAdder();
    private final LongAdder dropped = new LongAdder();
    private volatile boolean closed;
    private volatile boolean failing;
    private long pauseMillis;
    private long drainedAt;

    /**
     * @param pending where usage goes
     * @param source a name no other recorder has ever had, of letters, digits and {@code -}
     * @param gather how long events gather before they are sent
     * @param most key-days kept at most
     * @param clock milliseconds since the epoch
     * @param threads makes the one thread
     */
    public UsageRecorder(
            PendingUsage pending, String source, Duration gather, int most, LongSupplier clock, ThreadFactory threads) {
        this.pending = pending;
        this.gatherNanos = gather.toNanos();
        this.clock = clock;
        this.stripes = new StripedUsageBuffer(most);
        this.queue = new FlushQueue(source, most);
        this.thread = threads.newThread(this::run);
        thread.start();
    }

    /** Records an event. Never blocks on Redis and never fails. */
    public void record(UsageEvent event) {
        recorded.increment();
        if (closed || !stripes.add(event)) {
            dropped.increment();
            return;
        }
        if (!gathered.get() && gathered.compareAndSet(false, true)) {
            LockSupport.unpark(thread);
        }
    }

    private void run() {
        while (!closed) {
            // Events that came during the last flush have waited since then.
            long waitedMillis = gathered.get() ? Math.max(0, clock.getAsLong() - drainedAt) : 0;
            awaitWork();
            LockSupport.parkNanos(this, Math.max(gatherNanos - waitedMillis * 1_000_000, pauseMillis * 1_000_000));
            // An interrupted thread does not park: it would spin.
            Thread.interrupted();
            flushOrPause();
        }
        for (int i = 0; i < LAST_ATTEMPTS && waiting() > 0; i++) {
            LockSupport.parkNanos(this, pauseMillis * 1_000_000);
            queue.makeDue();
            flush();
        }
    }

    /** Flushes, and logs whatever fails, so that no failure ends metering. */
    private void flushOrPause() {
        try {
            flush();
        } catch (RuntimeException e) {
            pauseMillis = LONGEST_PAUSE_MILLIS;
            if (!failing) {
                failing = true;
                LOG.log(Level.ERROR, "usage cannot be recorded, it is kept in memory", e);
            }
        }
    }

    private void awaitWork() {
        while (!closed && !gathered.get()) {
            long due = queue.untilDue(clock.getAsLong());
            if (due == 0) {
                return;
            }
            if (due < 0) {
                LockSupport.park(this);
            } else {
                LockSupport.parkNanos(this, due * 1_000_000);
            }
        }
    }

    private void flush() {
        boolean more = true;
        while (more) {
            drainedAt = clock.getAsLong();
            gathered.set(false);
            stripes.drain((at, accumulator) -> dropped.add(queue.add(at, accumulator)));
            List<UsageDelta> batch = queue.next(RECORDINGS_AT_ONCE, clock.getAsLong(), pauseMillis > 0);
            more = !batch.isEmpty() && send(batch) && batch.size() == RECORDINGS_AT_ONCE;
        }
    }

    /** Sends recordings; false if Redis took none of them, so that there is no use in sending more right now. */
    private boolean send(List<UsageDelta> batch) {
        Map<String, Throwable> unconfirmed = record(batch);
        long now = clock.getAsLong();
        for (UsageDelta delta : batch) {
            if (unconfirmed.containsKey(delta.keyId())) {
                queue.postpone(delta, now);
            } else {
                queue.confirm(delta);
                flushed.add(delta.requests());
            }
        }
        boolean none = unconfirmed.size() == batch.size();
        pauseMillis = none ? Math.min(LONGEST_PAUSE_MILLIS, Math.max(20, 2 * pauseMillis)) : 0;
        tell(unconfirmed, none);
        return !none;
    }

    private Map<String, Throwable> record(List<UsageDelta> batch) {
        try {
            return pending.record(batch).toCompletableFuture().join();
        } catch (RuntimeException e) {
            return batch.stream().collect(Collectors.toMap(UsageDelta::keyId, delta -> e));
        }
    }

    private void tell(Map<String, Throwable> unconfirmed, boolean none) {
        if (!unconfirmed.isEmpty() && !failing) {
            failing = true;
            LOG.log(
                    Level.WARNING,
                    none
                            ? "usage cannot be recorded in Redis and is kept in memory: keys={0,number,#} reason={1}"
                            : "some usage cannot be recorded in Redis and is kept in memory: keys={0,number,#} reason={1}",
                    unconfirmed.size(),
                    Failures.reason(unconfirmed.values().iterator().next()));
        } else if (unconfirmed.isEmpty() && failing && queue.untilDue(clock.getAsLong()) < 0) {
            failing = false;
            LOG.log(Level.INFO, "usage is recorded in Redis again: dropped={0,number,#}", dropped.sum());
        }
    }

    /** Sends what is there, for ten seconds at most, and ends the thread. What comes later is dropped. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        try {
            thread.join(LAST_WAIT.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (waiting() > 0) {
            LOG.log(
                    Level.WARNING,
                    "usage was not recorded before the application stopped: requests={0,number,#}",
                    waiting());
        }
    }

    /** Returns how many requests were recorded since the start. */
    public long recorded() {
        return recorded.sum();
    }

    /** Returns how many requests reached Redis. */
    public long flushed() {
        return flushed.sum();
    }

    /** Returns how many requests were dropped at the bound, or after {@link #close}. */
    public long dropped() {
        return dropped.sum();
    }

    /** Returns how many requests are still in memory. */
    public long waiting() {
        // Read in this order the difference may be too high for a moment, never negative.
        long gone = flushed.sum() + dropped.sum();
        return recorded.sum() - gone;
    }

    /** Returns whether the last attempt could not send everything to Redis. */
    public boolean isFailing() {
        return failing;
    }
}
