package dev.tollgate.http.filter;

import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.problem.Problem;
import dev.tollgate.core.problem.Problems;
import dev.tollgate.http.route.RoutePolicy;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A limiter of the requests of one caller that are under way at the same time on this node, by route. It holds an entry for each
 * caller and route with a request under way, and none for others. Thread-safe; never blocks.
 */
final class ConcurrencyLimiter {

    private final ConcurrentHashMap<Slot, Integer> underWay = new ConcurrentHashMap<>();

    /** What is counted together. */
    private record Slot(Caller caller, String route) {}

    /** A request that is counted until it is released. */
    final class Permit {
        private final Slot slot;
        private final AtomicBoolean held = new AtomicBoolean(true);

        private Permit(Slot slot) {
            this.slot = slot;
        }

        /** Ends the count. A second call does nothing. */
        void release() {
            if (held.compareAndSet(true, false)) {
                underWay.computeIfPresent(slot, (same, count) -> count == 1 ? null : count - 1);
            }
        }

        private AsyncListener whenCompleted() {
            return new AsyncListener() {
                @Override
                public void onComplete(AsyncEvent event) {
                    release();
                }

                @Override
                public void onTimeout(AsyncEvent event) {
                    // The request is not over: a listener of the timeout ends it, or dispatches it.
                }

                @Override
                public void onError(AsyncEvent event) {
                    // The container completes the request next.
                }

                @Override
                public void onStartAsync(AsyncEvent event) {
                    event.getAsyncContext().addListener(this);
                }
            };
        }
    }

    /**
     * Ends the count of an asynchronous request, if it is counted, when the container says that the request is complete. A
     * timeout does not end the count, since the request may go on after it.
     */
    static void releaseWhenCompleted(RequestContext context) {
        Permit permit = context.permit();
        if (permit == null) {
            return;
        }
        try {
            context.request().getAsyncContext().addListener(permit.whenCompleted());
        } catch (IllegalStateException e) {
            // The request completed before the listener was added.
            permit.release();
        }
    }

    /** Counts a request whose route bounds those under way. Returns the problem if there are too many, and does not count it. */
    @Nullable
    Problem enter(RequestContext context) {
        RoutePolicy route = context.route();
        if (route.concurrency().isEmpty()) {
            return null;
        }
        int most = route.concurrency().getAsInt();
        Slot slot = new Slot(context.caller(), route.name());
        boolean[] counted = new boolean[1];
        underWay.compute(slot, (same, count) -> {
            int now = count == null ? 0 : count;
            counted[0] = now < most;
            return counted[0] ? Integer.valueOf(now + 1) : count;
        });
        if (!counted[0]) {
            return Problems.tooManyAtOnce(route.name(), most);
        }
        context.setPermit(new Permit(slot));
        return null;
    }

    /** Returns how many pairs of caller and route have requests under way. */
    int size() {
        return underWay.size();
    }
}
