package dev.tollgate.gate.lease;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import dev.tollgate.core.lease.Lease;
import dev.tollgate.core.lease.LeaseSize;
import dev.tollgate.core.lease.NodeClock;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.Decision;
import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.core.limit.GateStore;
import dev.tollgate.core.limit.LeaseGrant;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The leases that this node holds, a bounded number. They admit requests of callers who ask often without a trip to the store.
 *
 * <p>A request that finds half of its lease gone marks it as due. What is due is gathered for a few milliseconds, so that the
 * calls of many callers share a batch, and is sent by the given executor. No request waits for it. A lease that ends with units
 * left, is evicted, or is ended by an edit is reported to the store in the same way.
 *
 * <p>Thread-safe. {@link #trySpend} takes no lock and never blocks.
 */
public final class Leases implements AutoCloseable {

    private static final Logger LOG = System.getLogger(Leases.class.getName());

    /** How long what is due is gathered. A batch costs this node as much as dozens of leased requests. */
    static final long GATHER_MILLIS = 10;

    /** How long a caller without a lease or a request is remembered. */
    private static final long IDLE_NANOS = Duration.ofSeconds(5).toNanos();

    private static final Duration CLOSE_WAIT = Duration.ofSeconds(1);

    /** Runs a task after a delay. */
    @FunctionalInterface
    public interface Delay {

        /** Runs a task after so many milliseconds. */
        void run(Runnable task, long millis);
    }

    private final GateStore store;
    private final NodeClock clock;
    private final Delay delay;
    private final long lengthMillis;
    private final String node;
    private final LeaseCounts counts = new LeaseCounts();
    private final HotCallers hot;
    private final Cache<Caller, CallerLeases> callers;
    private final AtomicLong ids = new AtomicLong();
    private final Queue<PolicyLease> due = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean gathering = new AtomicBoolean();
    private final Set<CompletableFuture<?>> onTheirWay = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /**
     * @param store grants leases
     * @param length how long a lease lasts; zero for no leases
     * @param capacity callers with a lease, at most
     * @param node a name that no other run of a node has; it begins the names of leases
     */
    public Leases(GateStore store, NodeClock clock, Delay delay, Duration length, int capacity, String node) {
        this.store = store;
        this.clock = clock;
        this.delay = delay;
        this.lengthMillis = length.toMillis();
        this.node = node;
        this.hot = new HotCallers(LeaseSize.MIN_REQUESTS, Math.max(1, length.toNanos()));
        this.callers = Caffeine.newBuilder()
                .maximumSize(capacity)
                .executor(Runnable::run)
                .removalListener((@Nullable Caller caller, @Nullable CallerLeases leases, RemovalCause cause) -> {
                    if (leases != null) {
                        end(leases);
                    }
                })
                .build();
    }

    /** Returns whether this node takes leases at all. */
    public boolean isEnabled() {
        return lengthMillis > 0 && !closed;
    }

    /**
     * An admission from a lease.
     *
     * @param decision the decision, for the answer
     * @param lease where the units came from, and may be given back to
     */
    public record Admission(Decision decision, Lease lease) {}

    /**
     * Admits a request from a lease.
     *
     * @return the admission; null if the store has to decide
     */
    public @Nullable Admission trySpend(GateRequest request) {
        if (!isEnabled() || !LeaseSize.isLeasable(request)) {
            return null;
        }
        PolicyLease lease = find(request);
        if (lease == null) {
            if (hot.count(hash(request), clock.nanos())) {
                begin(request);
            }
            return null;
        }
        Admission admission = lease.trySpend(request);
        if (lease.becomesDue()) {
            enqueue(lease);
        }
        return admission;
    }

    private @Nullable PolicyLease find(GateRequest request) {
        CallerLeases caller = callers.getIfPresent(request.caller());
        return caller == null ? null : caller.find(request);
    }

    /**
     * Counts units that this node holds of the caller as remaining: they are charged in the store, but not used.
     *
     * @param decision the store's decision on the request
     * @return the decision, with higher numbers where the node holds units
     */
    public Decision withHeld(GateRequest request, Decision decision) {
        if (!isEnabled() || !decision.isAdmitted() || !LeaseSize.isLeasable(request)) {
            return decision;
        }
        PolicyLease lease = find(request);
        int held = lease == null ? 0 : lease.held();
        return held == 0 ? decision : decision.withMoreRemaining(held);
    }

    private static int hash(GateRequest request) {
        int hash = request.caller().hashCode();
        for (int i = 0; i < request.windows().size(); i++) {
            hash = 31 * hash + request.windows().get(i).scope().hashCode();
        }
        return hash;
    }

    private void begin(GateRequest request) {
        CallerLeases caller = callers.get(request.caller(), unused -> new CallerLeases());
        PolicyLease lease =
                caller.findOrAdd(request, () -> new PolicyLease(caller, request, clock, lengthMillis, counts));
        if (callers.getIfPresent(request.caller()) != caller) {
            // Evicted or ended meanwhile: nobody would find or report what is added to it.
            end(caller);
        } else if (lease != null && lease.becomesDue()) {
            enqueue(lease);
        }
    }

    private void enqueue(PolicyLease next) {
        due.add(next);
        if (!closed && gathering.compareAndSet(false, true)) {
            delay.run(this::sendDue, GATHER_MILLIS);
        }
    }

    /** A call to the store, and the lease that it is for. */
    private record DueCall(PolicyLease lease, PolicyLease.Call call) {}

    private void sendDue() {
        gathering.set(false);
        List<DueCall> calls = new ArrayList<>();
        for (PolicyLease next = due.poll(); next != null; next = due.poll()) {
            PolicyLease lease = next;
            do {
                lease.next(() -> node + "." + ids.incrementAndGet())
                        .ifPresent(call -> calls.add(new DueCall(lease, call)));
            } while (lease.hasReportsDue());
        }
        if (calls.isEmpty()) {
            return;
        }
        List<CompletionStage<LeaseGrant>> grants = ask(calls);
        for (int i = 0; i < calls.size(); i++) {
            take(calls.get(i).lease(), calls.get(i).call(), grants.get(i));
        }
    }

    private void take(PolicyLease lease, PolicyLease.Call call, CompletionStage<LeaseGrant> answer) {
        counts.calls.increment();
        CompletableFuture<?> done = answer.handle((grant, failure) -> {
                    if (failure != null) {
                        lease.fail(call);
                        return null;
                    }
                    lease.answer(call, grant);
                    if (lease.hasReportsDue()) {
                        enqueue(lease);
                    }
                    return null;
                })
                .toCompletableFuture();
        onTheirWay.add(done);
        done.whenComplete((nothing, failure) -> onTheirWay.remove(done));
    }

    private List<CompletionStage<LeaseGrant>> ask(List<DueCall> calls) {
        try {
            return store.leaseAll(
                    calls.stream().map(due -> due.call().request()).toList());
        } catch (RuntimeException e) {
            // The client is closing. Without this the leases would be waited for forever.
            return calls.stream()
                    .map(due -> CompletableFuture.<LeaseGrant>failedStage(e))
                    .toList();
        }
    }

    /**
     * Closes and reports leases that are over, and forgets callers who have not asked for a while. To be called several times a
     * second.
     */
    public void sweep() {
        callers.asMap().forEach((caller, leases) -> {
            for (PolicyLease lease : leases.all()) {
                if (lease.closeIfOver()) {
                    enqueue(lease);
                }
            }
            if (leases.removeIdle(IDLE_NANOS)) {
                callers.asMap().remove(caller, leases);
            }
        });
    }

    /** Ends the leases of a caller: its limits, keys or bans changed. Nothing is admitted from them after this returns. */
    public void end(Caller caller) {
        callers.invalidate(caller);
    }

    /** Ends all leases. Nothing is admitted from them after this returns. */
    public void endAll() {
        callers.invalidateAll();
    }

    private void end(CallerLeases leases) {
        for (PolicyLease lease : leases.all()) {
            lease.end();
            if (lease.hasReports()) {
                enqueue(lease);
            }
        }
    }

    /** Ends and reports all leases, and waits a second at most until the store has the reports. */
    @Override
    public void close() {
        closed = true;
        endAll();
        long end = System.nanoTime() + CLOSE_WAIT.toNanos();
        try {
            // A call under way may still bring a lease, which must be reported too.
            for (sendDue(); !onTheirWay.isEmpty(); sendDue()) {
                CompletableFuture.allOf(onTheirWay.toArray(CompletableFuture[]::new))
                        .get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.log(Level.DEBUG, "not all leases were given back; their units leave the windows by themselves", e);
        }
    }

    /** Returns the counters. */
    public LeaseCounts.Snapshot counts() {
        return counts.snapshot();
    }

    /** Returns roughly how many callers have leases. */
    public long size() {
        return callers.estimatedSize();
    }

    /** Returns units that may still be admitted from the leases held now. */
    public long unitsHeld() {
        return callers.asMap().values().stream()
                .mapToLong(leases -> leases.heldBeside(null))
                .sum();
    }
}
