package dev.tollgate.redis.batch;

import dev.tollgate.core.stats.Histogram;
import dev.tollgate.redis.connection.RedisNodes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.redisson.api.BatchOptions;
import org.redisson.api.RBatch;
import org.redisson.api.RFuture;
import org.redisson.api.RScript;
import org.redisson.api.RScriptAsync;
import org.redisson.api.RedissonClient;
import org.redisson.api.options.OptionalOptions;

/**
 * Shared flights to Redis: scripts that many requests want to run at the same time travel in one {@link RBatch}.
 *
 * <p>Batching is natural: a call that finds a free slot leaves at once, alone; calls that arrive while every slot is in the
 * air wait in line and leave together with the first flight that lands, or, once they are a crowd, in one of the slots that only a
 * crowd may take. There is no timer and no added wait when idle. The idea is group commit (DeWitt et al., "Implementation
 * Techniques for Main Memory Database Systems", 1984).
 *
 * <p>Each call fails or succeeds by itself. A call that has waited in line for longer than its patience, or was given up by
 * whoever made it, is never sent. A call of unknown fate is never sent again; only {@code NOSCRIPT} and {@code CROSSSLOT}, which
 * Redis answers before running anything, are answered by sending the script's text, or calls that shared a run one by one.
 *
 * <p>On a Cluster each server has a line and slots of its own, and a flight goes to one of them: Redisson fails all of a
 * batch's calls with the first server's failure, so that a call that ran elsewhere would pass for one that ran nowhere; and a
 * server that is away must not hold up the others' callers.
 *
 * <p>Thread-safe.
 */
public final class ScriptBatcher {

    /** The line is full: the call was not sent. */
    public static final class QueueFullException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        QueueFullException(int bound) {
            super("more than " + bound + " calls wait for Redis", null, false, false);
        }
    }

    /** The call waited too long: it was not sent. */
    public static final class QueueTimeoutException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        QueueTimeoutException() {
            super("waited too long for a place in a flight", null, false, false);
        }
    }

    /** There never was a connection yet: the call was not sent. */
    public static final class NotConnectedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NotConnectedException() {
            super("not connected yet", null, false, false);
        }
    }

    /**
     * How many flights may be in the air, of a Cluster per server, and how large they are. Few that leave with whoever waits
     * keep flights shared; more for crowds keep a far or slow Redis from being waited for by everybody.
     *
     * @param baseConcurrency flights in the air that may leave with a single call
     * @param maxConcurrency flights in the air at most: those beyond {@code any} leave when a crowd waits
     * @param burstThreshold calls in line that are enough for that
     * @param maxBatchSize calls in one flight at most
     */
    public record BatchLimits(int baseConcurrency, int maxConcurrency, int burstThreshold, int maxBatchSize) {

        /** The same for few and for many. */
        public static BatchLimits of(int slots, int seats) {
            return new BatchLimits(slots, slots, seats, seats);
        }
    }

    private final RedissonClient redisson;
    private final BooleanSupplier connected;
    private final BatchLimits limits;
    private final int maxQueued;
    private final long queueTimeoutNanos;
    private final BatchOptions options;
    private final OptionalOptions singleOptions;
    private final RedisNodes nodes;
    private volatile boolean merging;
    private final ConcurrentHashMap<Object, NodeQueue> queues = new ConcurrentHashMap<>();
    private volatile long lastReplyNanos = System.nanoTime();
    private final LongAdder batches = new LongAdder();
    private final LongAdder calls = new LongAdder();
    private final SlidingHistogram roundTrips = new SlidingHistogram();
    private final Histogram sizes = new Histogram(1, 2, 4, 8, 16, 32, 64, 128, 256);
    private final LatencyRecorder latency;
    private final SlowBatchLog slowBatches = new SlowBatchLog();

    /**
     * @param redisson the client; not closed by this
     * @param limits how many flights, and how large
     * @param line calls waiting at most, of a Cluster per server; further ones fail at once with {@link QueueFullException}
     * @param patience how long a call may wait in line; after that it is not sent any more and fails
     * @param timeout when a flight that does not land gives its slot back
     * @param open whether there is a connection; until there is, calls fail at once with {@link NotConnectedException}
     * @param latency is told how long each flight took
     */
    public ScriptBatcher(
            RedissonClient redisson,
            BatchLimits limits,
            int line,
            Duration patience,
            Duration timeout,
            BooleanSupplier open,
            LatencyRecorder latency) {
        this.redisson = redisson;
        this.nodes = RedisNodes.of(redisson);
        this.connected = open;
        this.latency = latency;
        this.queueTimeoutNanos = patience.toNanos();
        this.limits = limits;
        this.maxQueued = line;
        this.merging = !redisson.getConfig().isClusterConfig();
        this.singleOptions = OptionalOptions.defaults()
                .codec(TextCodec.INSTANCE)
                .timeout(timeout)
                .retryAttempts(0);
        this.options = BatchOptions.defaults()
                .executionMode(BatchOptions.ExecutionMode.IN_MEMORY)
                .retryAttempts(0)
                .responseTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** The same with as many slots for few as for many, timed by nobody. */
    public ScriptBatcher(
            RedissonClient redisson,
            int slots,
            int seats,
            int line,
            Duration patience,
            Duration timeout,
            BooleanSupplier open) {
        this(redisson, BatchLimits.of(slots, seats), line, patience, timeout, open, new LatencyRecorder());
    }

    /** The same over a connection that is there, with calls as patient in line as in the air. */
    public ScriptBatcher(RedissonClient redisson, int slots, int seats, int line, Duration timeout) {
        this(redisson, slots, seats, line, timeout, timeout, () -> true);
    }

    /** Runs a script that answers with one string. */
    public CompletableFuture<String> call(Script script, List<String> keys, String... arguments) {
        return enqueue(new ScriptCall<>(script, RScript.ReturnType.STRING, keys, arguments));
    }

    /** Runs a script that answers with a list: of strings, numbers ({@link Long}) and such lists. */
    public CompletableFuture<List<Object>> callForList(Script script, List<String> keys, String... arguments) {
        return enqueue(new ScriptCall<>(script, RScript.ReturnType.LIST, keys, arguments));
    }

    /**
     * Runs a script that answers each of its calls with a text, all calls of a flight in one run: see {@link MergedCall}.
     *
     * @param arguments the same object as other calls' makes them share it
     */
    public CompletableFuture<String> callMerged(Script script, List<String> keys, CommonArguments arguments) {
        return enqueue(new ScriptCall<>(script, keys, arguments));
    }

    /** Whether a flight has landed well since that instant, as {@link System#nanoTime()} counts. */
    public boolean hasRepliedSince(long nanos) {
        return lastReplyNanos - nanos > 0;
    }

    /** Flights flown since the start. */
    public long batches() {
        return batches.sum();
    }

    /** Calls carried since the start. */
    public long calls() {
        return calls.sum();
    }

    /** How many calls flights carried, since the start. */
    public Histogram.Snapshot sizes() {
        return sizes.snapshot();
    }

    /** Calls waiting for a flight. */
    public int queued() {
        return queues.values().stream().mapToInt(runway -> runway.queued.get()).sum();
    }

    /** Flights under way. */
    public int inFlight() {
        return queues.values().stream()
                .mapToInt(runway -> runway.inFlight.get())
                .sum();
    }

    /** Forgets the last minute's trips: those of a warm-up are no requests', and so many that slow ones would not show. */
    public void resetLastMinute() {
        roundTrips.reset();
        latency.resetLastMinute();
    }

    /** How long the flights of the last minute took, those that failed among them. */
    public SlidingHistogram.Minute lastMinute() {
        return roundTrips.lastMinute(System.nanoTime());
    }

    /** The flights of the last minute by how long they took. */
    public List<SlidingHistogram.Bucket> histogram() {
        return roundTrips.histogram(System.nanoTime());
    }

    /** The slowest flights of late, latest first. */
    public List<SlowBatchLog.SlowBatch> slowest() {
        return slowBatches.latestFirst();
    }

    private <T> CompletableFuture<T> enqueue(ScriptCall<T> call) {
        if (!connected.getAsBoolean()) {
            call.result.completeExceptionally(new NotConnectedException());
            return call.result;
        }
        queues.computeIfAbsent(nodes.of(call.keys), node -> new NodeQueue()).offer(call);
        return call.result;
    }

    private <T> RFuture<T> append(ScriptCall<T> call, RScriptAsync scripts) {
        return call.appendTo(scripts, this::enqueue);
    }

    /** Redis does not have the keys of several callers in one place, so that each has to have a run of its own. */
    private void retryIndividually(ScriptCall<?> call) {
        merging = false;
        enqueue(call);
    }

    private void recordLatency(List<ScriptCall<?>> passengers, long landed, long took) {
        int told = 0;
        for (ScriptCall<?> call : passengers) {
            int purpose = 1 << call.operation.ordinal();
            if ((told & purpose) == 0) {
                told |= purpose;
                latency.record(call.operation, landed, took, call.requestId);
            }
        }
    }

    /** Something aboard that Redis answers by itself: a call, or a run that calls share. */
    private record BatchEntry(CompletionStage<?> reply, Consumer<Throwable> fail) {}

    /** The flight failed. One bad reply fails the whole batch too, so whoever has a reply of their own keeps it. */
    private static void failUnanswered(List<BatchEntry> seats, Throwable failure) {
        for (BatchEntry seat : seats) {
            if (!seat.reply().toCompletableFuture().isDone()) {
                seat.fail().accept(failure);
            }
        }
    }

    /** A flight that is one run needs no batch around it. */
    private CompletionStage<?> execute(List<ScriptCall<?>> passengers, List<BatchEntry> seats) {
        List<MergedCall> runs = MergedCall.merge(passengers, merging);
        if (runs.size() == 1 && runs.get(0).calls() == passengers.size()) {
            return runs.get(0).appendTo(redisson.getScript(singleOptions), this::enqueue, this::retryIndividually);
        }
        RBatch batch = redisson.createBatch(options);
        RScriptAsync scripts = batch.getScript(TextCodec.INSTANCE);
        for (MergedCall run : runs) {
            seats.add(new BatchEntry(run.appendTo(scripts, this::enqueue, this::retryIndividually), run::fail));
        }
        for (ScriptCall<?> call : passengers) {
            if (call.common == null) {
                seats.add(new BatchEntry(append(call, scripts), call.result::completeExceptionally));
            }
        }
        return batch.executeAsync();
    }

    /** The way to one server, with a line and slots of its own. */
    private final class NodeQueue {
        private final ConcurrentLinkedQueue<ScriptCall<?>> queue = new ConcurrentLinkedQueue<>();
        private final AtomicInteger queued = new AtomicInteger();
        private final AtomicInteger inFlight = new AtomicInteger();

        void offer(ScriptCall<?> call) {
            if (queued.incrementAndGet() > maxQueued) {
                queued.decrementAndGet();
                call.result.completeExceptionally(new QueueFullException(maxQueued));
                return;
            }
            queue.add(call);
            dispatch();
        }

        /** Sends flights as long as someone waits and a slot is free. Whoever frees a slot or joins the line calls this. */
        private void dispatch() {
            while (!queue.isEmpty() && tryAcquireSlot()) {
                List<ScriptCall<?>> passengers = drain();
                if (passengers.isEmpty()) {
                    inFlight.decrementAndGet();
                } else {
                    send(passengers);
                }
            }
        }

        private boolean tryAcquireSlot() {
            int now = inFlight.get();
            while (now
                    < (queued.get() < limits.burstThreshold() ? limits.baseConcurrency() : limits.maxConcurrency())) {
                if (inFlight.compareAndSet(now, now + 1)) {
                    return true;
                }
                now = inFlight.get();
            }
            return false;
        }

        private List<ScriptCall<?>> drain() {
            List<ScriptCall<?>> passengers = new ArrayList<>();
            ScriptCall<?> next;
            while (passengers.size() < limits.maxBatchSize() && (next = queue.poll()) != null) {
                queued.decrementAndGet();
                if (System.nanoTime() - next.queuedAtNanos > queueTimeoutNanos) {
                    next.result.completeExceptionally(new QueueTimeoutException());
                } else if (!next.result.isDone()) {
                    passengers.add(next);
                }
            }
            return passengers;
        }

        private void send(List<ScriptCall<?>> passengers) {
            batches.increment();
            calls.add(passengers.size());
            sizes.record(passengers.size());
            List<BatchEntry> seats = new ArrayList<>();
            long left = System.nanoTime();
            try {
                execute(passengers, seats).whenComplete((done, failure) -> {
                    long landed = System.nanoTime();
                    roundTrips.record(landed, landed - left);
                    recordLatency(passengers, landed, landed - left);
                    slowBatches.add(
                            System.currentTimeMillis(),
                            landed - left,
                            passengers.size(),
                            passengers.get(0).script.name(),
                            failure instanceof CompletionException ? failure.getCause() : failure);
                    if (failure == null) {
                        lastReplyNanos = landed;
                    } else {
                        failUnanswered(seats, failure);
                    }
                    release();
                });
            } catch (RuntimeException e) {
                passengers.forEach(call -> call.result.completeExceptionally(e));
                release();
            }
        }

        private void release() {
            inFlight.decrementAndGet();
            dispatch();
        }
    }
}
