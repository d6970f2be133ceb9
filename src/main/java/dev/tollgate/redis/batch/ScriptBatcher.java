package dev.tollgate.redis.batch;

import dev.tollgate.core.async.Failures;
import dev.tollgate.core.stats.Histogram;
import dev.tollgate.redis.connection.RedisNodes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.redisson.api.BatchOptions;
import org.redisson.api.RBatch;
import org.redisson.api.RScript;
import org.redisson.api.RScriptAsync;
import org.redisson.api.RedissonClient;
import org.redisson.api.options.OptionalOptions;

/**
 * A batcher of script calls: calls that threads make at about the same time go to Redis together in one {@link RBatch}.
 *
 * <p><b>Batching.</b> A call that finds a free slot is sent at once, alone. While all slots are taken, calls are queued. The next
 * reply frees a slot, and up to {@link BatchLimits#maxBatchSize} queued calls leave as one batch. A burst of queued calls opens
 * further slots. There is no timer, so an idle batcher adds no delay. The technique is group commit (DeWitt et al.,
 * "Implementation Techniques for Main Memory Database Systems", 1984). Calls made with {@link #callMerged} also share one run of
 * their script within the batch; see {@link MergedCall}.
 *
 * <p><b>Loss.</b> Each call succeeds or fails by itself. These are never sent, and fail:
 *
 * <ul>
 *   <li>a call made before the first connection, with {@link NotConnectedException};
 *   <li>a call that finds the queue full, with {@link QueueFullException};
 *   <li>a call queued for longer than {@link QueueLimits#queueTimeout}, with {@link QueueTimeoutException};
 *   <li>a call whose future the caller completed or cancelled while it was queued.
 * </ul>
 *
 * A call that was sent and has no reply may have run or not. It fails and is never sent again. Only {@code NOSCRIPT} and
 * {@code CROSSSLOT} are followed by a second attempt, since Redis replies with them before it runs anything. After
 * {@code NOSCRIPT} the call is sent with the script's text; after {@code CROSSSLOT} each merged call is sent by itself.
 *
 * <p><b>Cluster.</b> Each node has a queue and slots of its own, and a batch goes to one node. Redisson fails a batch as a whole
 * when one node fails, so a call that ran on another node would be reported as failed. Separate queues also keep a node that is
 * down from delaying the calls to others. Merging is off, since a script's keys must lie in one slot.
 *
 * <p><b>Threads.</b> Thread-safe. A batch is written by the thread that made the last call, or by the Redisson thread that freed
 * the slot. Futures complete on Redisson's threads, so dependent stages must not block.
 *
 * <p><b>Known limitations</b>
 *
 * <ul>
 *   <li>A batch is no transaction: commands of other clients may run between its calls. Each script is atomic by itself.
 *   <li>Calls made one after the other may run in another order, unless the first has completed before the second is made.
 *   <li>Cancelling a call that has been sent does not stop it, and its batch keeps the slot until the reply or the timeout.
 *   <li>The queue timeout is checked when a batch is put together, so a call may fail later than that, by at most
 *       {@link QueueLimits#replyTimeout}.
 *   <li>After one {@code CROSSSLOT} reply, merging stays off until the process restarts.
 * </ul>
 */
public final class ScriptBatcher {

    /** The failure of a call that found the queue full. The call was not sent. */
    public static final class QueueFullException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        QueueFullException(int maxQueued) {
            super("more than " + maxQueued + " calls wait for Redis", null, false, false);
        }
    }

    /** The failure of a call that was queued for too long. The call was not sent. */
    public static final class QueueTimeoutException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        QueueTimeoutException() {
            super("the call was queued for longer than its timeout", null, false, false);
        }
    }

    /** The failure of a call made before the first connection to Redis. The call was not sent. */
    public static final class NotConnectedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NotConnectedException() {
            super("not connected to Redis yet", null, false, false);
        }
    }

    private final RedissonClient redisson;
    private final BooleanSupplier connected;
    private final BatchLimits batchLimits;
    private final QueueLimits queueLimits;
    private final BatchOptions batchOptions;
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
     * Creates a batcher over a client, which it does not close.
     *
     * @param connected whether there has been a connection; until then calls fail with {@link NotConnectedException}
     * @param latency records how long each batch took
     */
    public ScriptBatcher(
            RedissonClient redisson,
            BatchLimits batchLimits,
            QueueLimits queueLimits,
            BooleanSupplier connected,
            LatencyRecorder latency) {
        this.redisson = redisson;
        this.nodes = RedisNodes.of(redisson);
        this.connected = connected;
        this.latency = latency;
        this.batchLimits = batchLimits;
        this.queueLimits = queueLimits;
        this.merging = !redisson.getConfig().isClusterConfig();
        this.singleOptions = OptionalOptions.defaults()
                .codec(TextCodec.INSTANCE)
                .timeout(queueLimits.replyTimeout())
                .retryAttempts(0);
        this.batchOptions = BatchOptions.defaults()
                .executionMode(BatchOptions.ExecutionMode.IN_MEMORY)
                .retryAttempts(0)
                .responseTimeout(queueLimits.replyTimeout().toMillis(), TimeUnit.MILLISECONDS);
    }

    /**
     * Creates a batcher over a connected client, with latencies recorded for {@link #lastMinute} alone.
     *
     * @param timeout both the queue timeout and the reply timeout
     */
    public ScriptBatcher(RedissonClient redisson, int concurrency, int maxBatchSize, int maxQueued, Duration timeout) {
        this(
                redisson,
                BatchLimits.of(concurrency, maxBatchSize),
                new QueueLimits(maxQueued, timeout, timeout),
                () -> true,
                new LatencyRecorder());
    }

    /** Runs a script that replies with one string. */
    public CompletableFuture<String> call(Script script, List<String> keys, String... arguments) {
        return enqueue(new ScriptCall<>(script, RScript.ReturnType.STRING, keys, arguments));
    }

    /**
     * Runs a script that replies with one string once for each of the parameters. All calls are queued before the first is sent,
     * so they leave in as few batches as their number allows.
     *
     * @return the replies, in the order of the parameters; each succeeds or fails by itself
     */
    public List<CompletableFuture<String>> callAll(Script script, List<ScriptParameters> parameters) {
        List<ScriptCall<String>> calls = parameters.stream()
                .map(one -> new ScriptCall<String>(script, RScript.ReturnType.STRING, one.keys(), one.arguments()))
                .toList();
        if (connected.getAsBoolean()) {
            calls.stream().collect(Collectors.groupingBy(this::queueOf)).forEach(NodeQueue::addAll);
        } else {
            calls.forEach(call -> call.result.completeExceptionally(new NotConnectedException()));
        }
        return calls.stream().map(call -> call.result).toList();
    }

    /** Runs a script that replies with a list of strings, numbers ({@link Long}) and such lists. */
    public CompletableFuture<List<Object>> callForList(Script script, List<String> keys, String... arguments) {
        return enqueue(new ScriptCall<>(script, RScript.ReturnType.LIST, keys, arguments));
    }

    /**
     * Runs a script once for all calls of a batch that are made with it. The script replies with a list of one string per call;
     * see {@link MergedCall}.
     *
     * @param arguments the arguments; calls made with the same object send them once
     */
    public CompletableFuture<String> callMerged(Script script, List<String> keys, CommonArguments arguments) {
        return enqueue(new ScriptCall<>(script, keys, arguments));
    }

    /** Returns whether a batch has succeeded since an instant of {@link System#nanoTime()}. */
    public boolean hasRepliedSince(long nanos) {
        return lastReplyNanos - nanos > 0;
    }

    /** Returns the number of batches sent since the start. */
    public long batches() {
        return batches.sum();
    }

    /** Returns the number of calls sent since the start. */
    public long calls() {
        return calls.sum();
    }

    /** Returns the distribution of calls per batch since the start. */
    public Histogram.Snapshot sizes() {
        return sizes.snapshot();
    }

    /** Returns the number of calls queued, over all nodes. */
    public int queued() {
        return queues.values().stream().mapToInt(NodeQueue::queued).sum();
    }

    /** Returns the number of batches in flight, over all nodes. */
    public int inFlight() {
        return queues.values().stream().mapToInt(NodeQueue::inFlight).sum();
    }

    /** Forgets the round trips of the last minute. Called after a warm-up, whose many fast ones would hide slow ones. */
    public void resetLastMinute() {
        roundTrips.reset();
        latency.resetLastMinute();
    }

    /** Returns how long the batches of the last minute took, failed ones included. */
    public SlidingHistogram.Minute lastMinute() {
        return roundTrips.lastMinute(System.nanoTime());
    }

    /** Returns the durations of the last minute's batches as a histogram. */
    public List<SlidingHistogram.Bucket> histogram() {
        return roundTrips.histogram(System.nanoTime());
    }

    /** Returns the latest slow batches, newest first. */
    public List<SlowBatchLog.SlowBatch> slowest() {
        return slowBatches.latestFirst();
    }

    private <T> CompletableFuture<T> enqueue(ScriptCall<T> call) {
        if (!connected.getAsBoolean()) {
            call.result.completeExceptionally(new NotConnectedException());
            return call.result;
        }
        queueOf(call).addAll(List.of(call));
        return call.result;
    }

    private NodeQueue queueOf(ScriptCall<?> call) {
        return queues.computeIfAbsent(nodes.of(call.keys), node -> new NodeQueue(batchLimits, queueLimits, this::send));
    }

    /** Queues a call again after {@code CROSSSLOT}, and turns merging off: this server wants each call by itself. */
    private void retryIndividually(ScriptCall<?> call) {
        merging = false;
        enqueue(call);
    }

    /** Sends a batch. The stage completes when all its calls have. */
    private CompletionStage<?> send(List<ScriptCall<?>> batch) {
        batches.increment();
        calls.add(batch.size());
        sizes.record(batch.size());
        List<BatchEntry> entries = new ArrayList<>();
        long sentNanos = System.nanoTime();
        try {
            return execute(batch, entries).whenComplete((done, failure) -> {
                recordReply(batch, sentNanos, failure);
                if (failure != null) {
                    failUnanswered(entries, failure);
                }
            });
        } catch (RuntimeException e) {
            batch.forEach(call -> call.result.completeExceptionally(e));
            return CompletableFuture.completedFuture(null);
        }
    }

    private void recordReply(List<ScriptCall<?>> batch, long sentNanos, Throwable failure) {
        long now = System.nanoTime();
        long took = now - sentNanos;
        roundTrips.record(now, took);
        recordLatency(batch, now, took);
        slowBatches.add(
                System.currentTimeMillis(),
                took,
                batch.size(),
                batch.get(0).script.name(),
                failure == null ? null : Failures.unwrap(failure));
        if (failure == null) {
            lastReplyNanos = now;
        }
    }

    /** Records the latency once for each operation that the batch has a call of. */
    private void recordLatency(List<ScriptCall<?>> batch, long now, long took) {
        int recorded = 0;
        for (ScriptCall<?> call : batch) {
            int bit = 1 << call.operation.ordinal();
            if ((recorded & bit) == 0) {
                recorded |= bit;
                latency.record(call.operation, now, took, call.requestId);
            }
        }
    }

    /** One command of a batch: a call, or a run that several calls share. */
    private record BatchEntry(CompletionStage<?> reply, Consumer<Throwable> fail) {}

    /** Fails the entries that have no reply. Redisson fails a batch for one bad reply; the other entries keep theirs. */
    private static void failUnanswered(List<BatchEntry> entries, Throwable failure) {
        for (BatchEntry entry : entries) {
            if (!entry.reply().toCompletableFuture().isDone()) {
                entry.fail().accept(failure);
            }
        }
    }

    /** Writes the calls to the connection and adds their commands to the entries. A single run goes without an RBatch. */
    private CompletionStage<?> execute(List<ScriptCall<?>> batch, List<BatchEntry> entries) {
        List<MergedCall> runs = MergedCall.merge(batch, merging);
        if (runs.size() == 1 && runs.get(0).calls() == batch.size()) {
            return runs.get(0).appendTo(redisson.getScript(singleOptions), this::enqueue, this::retryIndividually);
        }
        RBatch redissonBatch = redisson.createBatch(batchOptions);
        RScriptAsync scripts = redissonBatch.getScript(TextCodec.INSTANCE);
        for (MergedCall run : runs) {
            entries.add(new BatchEntry(run.appendTo(scripts, this::enqueue, this::retryIndividually), run::fail));
        }
        for (ScriptCall<?> call : batch) {
            if (call.common == null) {
                entries.add(appendTo(scripts, call));
            }
        }
        return redissonBatch.executeAsync();
    }

    private <T> BatchEntry appendTo(RScriptAsync scripts, ScriptCall<T> call) {
        return new BatchEntry(call.appendTo(scripts, this::enqueue), call.result::completeExceptionally);
    }
}
