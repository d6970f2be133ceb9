package dev.tollgate.gate.lease;

import dev.tollgate.core.lease.Lease;
import dev.tollgate.core.lease.LeaseSize;
import dev.tollgate.core.lease.NodeClock;
import dev.tollgate.core.lease.RecentUse;
import dev.tollgate.core.limit.BillingMonth;
import dev.tollgate.core.limit.Decision;
import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.core.limit.LeaseGrant;
import dev.tollgate.core.limit.LeaseRequest;
import dev.tollgate.core.limit.LeaseRequest.LeaseReport;
import dev.tollgate.core.limit.WindowPolicy;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The lease of a caller under one set of policies: the one being spent, and what is known for asking for the next.
 *
 * <p>Thread-safe. Requests spend without a lock. What is asked for and reported is decided under this object's lock, and only one
 * request for a lease is on its way at a time.
 */
final class PolicyLease {

    /** Reports of one caller that wait, at most. Beyond that the oldest is dropped, and its units stay charged. */
    private static final int MAX_REPORTS = 8;

    /** Well below {@link LeaseRequest#REPORT_MILLIS}, so that a lease of unknown fate can be reported after it. */
    private static final long MAX_BACKOFF_NANOS = 2_000_000_000L;

    private final CallerLeases caller;
    private final GateRequest policies;
    private final NodeClock clock;
    private final long lengthMillis;
    private final long lengthNanos;
    private final LeaseCounts counts;
    private final AtomicBoolean due = new AtomicBoolean();
    private final AtomicLong unitsFromStore = new AtomicLong();
    private volatile int largestCost;
    private volatile @Nullable Lease current;
    private volatile long notBeforeNanos;
    private volatile long lastUsedNanos;

    private final RecentUse used;
    private final Deque<LeaseReport> reports = new ArrayDeque<>();
    /** Reports of leases that may have been granted. They wait for a while, since a report is not repeated. */
    private final Deque<LeaseReport> unanswered = new ArrayDeque<>();

    private boolean asking;
    private boolean ended;
    private long backoffNanos;

    /** A call to the store: a request for a lease, a report, or both. */
    record Call(LeaseRequest request, BillingMonth month, long takenNanos, long takenMillis) {}

    /**
     * @param caller the leases of the caller, this one among them
     * @param policies a request of the caller, whose windows and quota the lease is charged to
     * @param lengthMillis how long a lease lasts
     */
    PolicyLease(CallerLeases caller, GateRequest policies, NodeClock clock, long lengthMillis, LeaseCounts counts) {
        this.caller = caller;
        this.policies = policies;
        this.clock = clock;
        this.lengthMillis = lengthMillis;
        this.lengthNanos = lengthMillis * 1_000_000;
        this.counts = counts;
        this.used = new RecentUse(lengthNanos);
        this.largestCost = policies.cost();
        this.lastUsedNanos = clock.nanos();
        this.notBeforeNanos = lastUsedNanos;
        used.add((long) LeaseSize.MIN_REQUESTS * policies.cost(), lastUsedNanos);
    }

    /** Returns whether a request has the policies of this lease. */
    boolean fits(GateRequest request) {
        List<WindowPolicy> mine = policies.windows();
        List<WindowPolicy> others = request.windows();
        return (mine == others || mine.equals(others))
                && policies.monthlyQuota().equals(request.monthlyQuota());
    }

    /**
     * Takes a request's cost from the lease.
     *
     * @return the admission; null if the store has to decide
     */
    Leases.@Nullable Admission trySpend(GateRequest request) {
        Lease lease = current;
        if (lease != null) {
            Decision admission = lease.trySpend(request.cost());
            if (admission != null) {
                return new Leases.Admission(admission, lease);
            }
        }
        if (request.cost() > largestCost) {
            largestCost = request.cost();
        }
        unitsFromStore.addAndGet(request.cost());
        return null;
    }

    /** Returns whether the next lease should be asked for now. True once, until {@link #next} is called. */
    boolean becomesDue() {
        if (due.get()) {
            return false;
        }
        return needsNext() && clock.nanos() - notBeforeNanos >= 0 && due.compareAndSet(false, true);
    }

    private boolean needsNext() {
        Lease lease = current;
        return lease == null || lease.left() == 0 || lease.isDue();
    }

    /** Returns units that this node may still admit from the lease. */
    int held() {
        Lease lease = current;
        return lease == null ? 0 : lease.left();
    }

    /**
     * Returns the next call to the store, if there is one to make now.
     *
     * @param ids makes the name of a lease
     */
    synchronized Optional<Call> next(Supplier<String> ids) {
        due.set(false);
        long now = clock.nanos();
        countUse(now);
        reportUnanswered(now);
        int wanted = 0;
        // Called for a report, too, while the lease in hand lasts.
        if (!asking && !ended && needsNext() && now - notBeforeNanos >= 0) {
            wanted = LeaseSize.wanted(policies, used.sum(now), largestCost, caller.heldBeside(this));
            if (wanted == 0) {
                notBeforeNanos = now + lengthNanos;
                largestCost = policies.cost();
            }
        }
        LeaseReport report = reports.poll();
        if (wanted == 0 && report == null) {
            return Optional.empty();
        }
        asking |= wanted > 0;
        long millis = clock.millis();
        LeaseRequest request = new LeaseRequest(policies, ids.get(), wanted, lengthMillis, Optional.ofNullable(report));
        return Optional.of(new Call(request, BillingMonth.at(millis), now, millis));
    }

    private void countUse(long now) {
        Lease lease = current;
        long units = unitsFromStore.getAndSet(0) + (lease == null ? 0 : lease.spentSinceLastLook());
        if (units > 0) {
            used.add(units, now);
            lastUsedNanos = now;
        }
    }

    /** Takes the store's reply to a call. */
    synchronized void answer(Call call, LeaseGrant grant) {
        boolean wanted = call.request().wanted() > 0;
        if (wanted) {
            asking = false;
            backoffNanos = 0;
        }
        switch (grant.outcome()) {
            case GRANTED -> begin(call, grant);
            case BANNED, STATE_MISSING -> closeCurrent();
            case NONE, OTHER_MONTH -> {
                // The current lease stays valid until it ends.
            }
        }
        if (wanted && grant.outcome() != LeaseGrant.Outcome.GRANTED) {
            counts.refused.increment();
            notBeforeNanos = clock.nanos() + lengthNanos;
        }
    }

    private void begin(Call call, LeaseGrant grant) {
        counts.granted.increment();
        counts.unitsGranted.add(grant.units());
        Lease lease = new Lease(call.request().id(), grant, clock, call.takenNanos(), call.takenMillis(), lengthMillis);
        countUse(clock.nanos());
        closeCurrent();
        if (ended || lease.isOver()) {
            close(lease);
        } else {
            current = lease;
        }
    }

    /** Takes a failed call. A lease that may have been granted is reported as not spent; a report is not repeated. */
    synchronized void fail(Call call) {
        if (call.request().wanted() == 0) {
            return;
        }
        asking = false;
        counts.failed.increment();
        add(unanswered, new LeaseReport(call.request().id(), call.month(), 0, 0));
        backoffNanos = Math.min(Math.max(lengthNanos, backoffNanos * 2), MAX_BACKOFF_NANOS);
        notBeforeNanos = clock.nanos() + backoffNanos;
    }

    /** Ends the lease for good. What is left of it waits to be reported. */
    synchronized void end() {
        ended = true;
        closeCurrent();
        reportUnanswered(clock.nanos());
    }

    private void reportUnanswered(long now) {
        while (!unanswered.isEmpty() && (ended || now - notBeforeNanos >= 0)) {
            add(reports, unanswered.remove());
        }
    }

    /** Closes a lease that is over. Returns whether there is something to report without delay. */
    synchronized boolean closeIfOver() {
        Lease lease = current;
        if (lease != null && lease.isOver()) {
            countUse(clock.nanos());
            closeCurrent();
        }
        reportUnanswered(clock.nanos());
        return hasReportsDue();
    }

    /** Ends the lease if nothing is known here that is worth keeping: no use lately, no lease, no report. Returns whether. */
    synchronized boolean endIfIdle(long forNanos) {
        long now = clock.nanos();
        countUse(now);
        if (current == null && !asking && reports.isEmpty() && unanswered.isEmpty() && now - lastUsedNanos > forNanos) {
            ended = true;
        }
        return ended;
    }

    /** Returns whether anything waits to be reported. */
    synchronized boolean hasReports() {
        return !reports.isEmpty();
    }

    /**
     * Returns whether a report should go to the store without delay. While a lease is in hand, the report goes along with the
     * call for the next one, half a length later, which saves every other call.
     */
    synchronized boolean hasReportsDue() {
        return !reports.isEmpty() && (current == null || reports.size() > 1);
    }

    private void closeCurrent() {
        Lease lease = current;
        if (lease != null) {
            close(lease);
            current = null;
        }
    }

    private void close(Lease lease) {
        lease.close().ifPresent(report -> {
            counts.unitsSpent.add(report.spent());
            counts.unitsReturned.add(lease.units() - report.spent());
            add(reports, report);
        });
    }

    private static void add(Deque<LeaseReport> to, LeaseReport report) {
        if (to.size() == MAX_REPORTS) {
            to.poll();
        }
        to.add(report);
    }
}
