package dev.tollgate.core.lease;

import dev.tollgate.core.limit.Decision;
import dev.tollgate.core.limit.LeaseGrant;
import dev.tollgate.core.limit.LeaseRequest.LeaseReport;
import dev.tollgate.core.limit.LimitStatus;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A lease on a caller's limits: units charged in the store ahead of need, which one node spends without asking.
 *
 * <p>A lease ends when its length has passed since before it was asked for, on the node's monotonic clock or on its wall clock,
 * whichever says so first: the monotonic clock may stand still while a machine is suspended. The clocks are read again after
 * units are taken, so a thread that was stopped in between admits nothing. Thread-safe without locks.
 */
public final class Lease {

    private static final int CLOSED = -1;

    private final String id;
    private final LeaseGrant grant;
    private final NodeClock clock;
    private final long takenNanos;
    private final long takenMillis;
    private final long lengthMillis;
    private final LimitStatus[] states;
    /** Units left; {@value #CLOSED} once the lease is closed. */
    private final AtomicInteger left;

    /** Units spent that {@link #spentSinceLastLook} has returned; read and written by that method alone. */
    private int seen;

    /**
     * @param id its name in the store
     * @param grant the store's reply, with units
     * @param clock the node's clocks
     * @param takenNanos the monotonic clock before the lease was asked for
     * @param takenMillis the wall clock before the lease was asked for
     * @param lengthMillis how long it lasts
     */
    public Lease(String id, LeaseGrant grant, NodeClock clock, long takenNanos, long takenMillis, long lengthMillis) {
        this.id = id;
        this.grant = grant;
        this.clock = clock;
        this.takenNanos = takenNanos;
        this.takenMillis = takenMillis;
        this.lengthMillis = lengthMillis;
        this.states = grant.policies().toArray(LimitStatus[]::new);
        this.left = new AtomicInteger(grant.units());
    }

    /**
     * Takes units for a request.
     *
     * @param cost units, at least 1
     * @return the admission; null if there is none from this lease: then the store decides
     */
    public @Nullable Decision trySpend(int cost) {
        if (isOver()) {
            return null;
        }
        int rest;
        do {
            rest = left.get();
            if (rest < cost) {
                return null;
            }
        } while (!left.compareAndSet(rest, rest - cost));
        long elapsed = elapsedMillis();
        // A lease that was closed meanwhile may already be reported, with these units spent earlier than now.
        if (isOverAfter(elapsed) || left.get() == CLOSED) {
            return null;
        }
        return admission(rest - cost, elapsed);
    }

    /**
     * Puts units back that a request took from this lease.
     *
     * @return whether they are back; false if the lease is closed, so that they have to be given back to the store
     */
    public boolean giveBack(int units) {
        int rest;
        do {
            rest = left.get();
            if (rest == CLOSED) {
                return false;
            }
        } while (!left.compareAndSet(rest, rest + units));
        return true;
    }

    private Decision admission(int rest, long elapsed) {
        LimitStatus[] now = new LimitStatus[states.length];
        for (int i = 0; i < now.length; i++) {
            now[i] = states[i].later(rest, elapsed);
        }
        return Decision.admitted(grant.atMillis() + elapsed, List.of(now));
    }

    private long elapsedMillis() {
        return (clock.nanos() - takenNanos) / 1_000_000;
    }

    private boolean isOverAfter(long elapsed) {
        return elapsed >= lengthMillis || Math.abs(clock.millis() - takenMillis) > lengthMillis;
    }

    /** Returns whether the lease has ended. It may still have units, which {@link #close} returns. */
    public boolean isOver() {
        return isOverAfter(elapsedMillis());
    }

    /** Returns whether half of the units or of the time is gone, so that the next lease should be asked for. */
    public boolean isDue() {
        return left.get() * 2L < grant.units() || elapsedMillis() * 2 > lengthMillis;
    }

    /** Returns units left; 0 if the lease is closed. */
    public int left() {
        return Math.max(0, left.get());
    }

    /** Returns units granted. */
    public int units() {
        return grant.units();
    }

    /** Returns units spent since this method was called last. Not thread-safe. */
    public int spentSinceLastLook() {
        int rest = left.get();
        int spent = rest == CLOSED ? 0 : Math.max(0, grant.units() - rest - seen);
        seen += spent;
        return spent;
    }

    /**
     * Closes the lease: nothing more is admitted from it.
     *
     * @return what became of it, for the store; empty if it was closed before
     */
    public Optional<LeaseReport> close() {
        int rest = left.getAndSet(CLOSED);
        if (rest == CLOSED) {
            return Optional.empty();
        }
        return Optional.of(
                new LeaseReport(id, Objects.requireNonNull(grant.month()), grant.datedAt(), grant.units() - rest));
    }

    @Override
    public String toString() {
        return id + ": " + left() + " of " + grant.units() + ", " + Arrays.toString(states);
    }
}
