package dev.tollgate.redis.batch;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * The calls queued for one Redis node, and the slots for batches to that node. Each batch in flight holds one slot.
 *
 * <p>Thread-safe. Batches are put together and written on the thread that adds a call, or on the one that completes a batch.
 */
final class NodeQueue {

    private final BatchLimits batchLimits;
    private final QueueLimits queueLimits;
    private final long queueTimeoutNanos;
    private final Function<List<ScriptCall<?>>, CompletionStage<?>> sender;
    private final ConcurrentLinkedQueue<ScriptCall<?>> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger queued = new AtomicInteger();
    private final AtomicInteger inFlight = new AtomicInteger();

    /**
     * @param sender sends a batch and completes its calls; the stage it returns completes, in any way, when the batch's slot is
     *     free again
     */
    NodeQueue(
            BatchLimits batchLimits,
            QueueLimits queueLimits,
            Function<List<ScriptCall<?>>, CompletionStage<?>> sender) {
        this.batchLimits = batchLimits;
        this.queueLimits = queueLimits;
        this.queueTimeoutNanos = queueLimits.queueTimeout().toNanos();
        this.sender = sender;
    }

    /** Returns the number of calls queued. */
    int queued() {
        return queued.get();
    }

    /** Returns the number of batches in flight. */
    int inFlight() {
        return inFlight.get();
    }

    /** Adds calls, and sends them at once, in one batch, if a slot is free. A full queue fails calls instead. */
    void addAll(List<? extends ScriptCall<?>> calls) {
        for (int i = 0; i < calls.size(); i++) {
            ScriptCall<?> call = calls.get(i);
            if (queued.incrementAndGet() > queueLimits.maxQueued()) {
                queued.decrementAndGet();
                call.result.completeExceptionally(new ScriptBatcher.QueueFullException(queueLimits.maxQueued()));
            } else {
                queue.add(call);
            }
        }
        dispatch();
    }

    /** Sends batches while calls are queued and a slot is free. Called after each added call and each released slot. */
    private void dispatch() {
        while (!queue.isEmpty() && tryAcquireSlot()) {
            List<ScriptCall<?>> calls = drain();
            if (calls.isEmpty()) {
                inFlight.decrementAndGet();
            } else {
                sender.apply(calls).whenComplete((done, failure) -> release());
            }
        }
    }

    private boolean tryAcquireSlot() {
        int now = inFlight.get();
        while (now < concurrency()) {
            if (inFlight.compareAndSet(now, now + 1)) {
                return true;
            }
            now = inFlight.get();
        }
        return false;
    }

    private int concurrency() {
        return queued.get() < batchLimits.burstThreshold()
                ? batchLimits.baseConcurrency()
                : batchLimits.maxConcurrency();
    }

    /** Removes the calls of the next batch from the queue. Fails those that timed out; leaves out those given up. */
    private List<ScriptCall<?>> drain() {
        List<ScriptCall<?>> calls = new ArrayList<>();
        ScriptCall<?> next;
        while (calls.size() < batchLimits.maxBatchSize() && (next = queue.poll()) != null) {
            queued.decrementAndGet();
            if (System.nanoTime() - next.queuedAtNanos > queueTimeoutNanos) {
                next.result.completeExceptionally(new ScriptBatcher.QueueTimeoutException());
            } else if (!next.result.isDone()) {
                calls.add(next);
            }
        }
        return calls;
    }

    private void release() {
        inFlight.decrementAndGet();
        dispatch();
    }
}
