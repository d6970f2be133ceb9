package dev.tollgate.http.filter;

import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.core.trace.Tracing;
import dev.tollgate.gate.Gate;
import dev.tollgate.http.route.RoutePolicy;
import dev.tollgate.http.servlet.TimeoutListener;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A request whose decision is on its way, and that no thread waits for: it comes again as an asynchronous dispatch, when the
 * decision is there or the budget is over. Only where the application has been named for it, since filters behind the gate
 * that are not mapped to such dispatches are left out of them.
 *
 * @param passage who it is
 * @param route what is done with it
 * @param asked what was asked
 * @param question how it was asked
 * @param span the time it spends at the gate
 */
record Deferral(
        Passage passage, RoutePolicy route, GateRequest asked, Gate.PendingDecision question, Tracing.GateSpan span) {

    private static final String PENDING = Deferral.class.getName() + ".pending";

    /**
     * Whether a request may be deferred: its application takes part, and so do all filters that it has passed, and its path leaves
     * the container nothing to read in another way when it comes back than when it was decided. Nor may it ask for a
     * WebSocket: containers take these up in filters of their own, which are not mapped to asynchronous dispatches.
     */
    static boolean isOffered(HttpServletRequest request) {
        return request.getAttribute(RateLimitFilter.DEFERRABLE) != null
                && request.isAsyncSupported()
                && !asksForWebSocket(request.getHeader("Upgrade"))
                && isPlain(request.getRequestURI(), request.getContextPath());
    }

    private static boolean asksForWebSocket(String upgrade) {
        return upgrade != null && upgrade.toLowerCase(Locale.ROOT).contains("websocket");
    }

    /** Nothing encoded, no parameters of the path, no empty or dotted segments, no host before it. */
    private static boolean isPlain(String uri, String contextPath) {
        if (!uri.startsWith(contextPath + "/")) {
            return false;
        }
        char last = 0;
        for (int i = 0; i < uri.length(); i++) {
            char c = uri.charAt(i);
            boolean unreserved =
                    c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_';
            boolean within = (c == '.' || c == '~') && last != '/';
            if (!unreserved && !within && (c != '/' || last == '/')) {
                return false;
            }
            last = c;
        }
        return true;
    }

    /** The deferral that a request comes back from, once; null if it does not. */
    static Deferral end(HttpServletRequest request) {
        if (request.getAttribute(PENDING) instanceof Deferral deferral) {
            request.removeAttribute(PENDING);
            return deferral;
        }
        return null;
    }

    /**
     * Lets go of the thread.
     *
     * @param budget after which it comes back without a decision
     */
    void begin(HttpServletRequest request, Duration budget) {
        request.setAttribute(PENDING, this);
        AsyncContext context = request.startAsync();
        // Without the query, which stays: WildFly would give an application each parameter twice.
        String path = request.getRequestURI().substring(request.getContextPath().length());
        AtomicBoolean dispatched = new AtomicBoolean();
        // Once, whether for the decision or for the budget.
        Runnable comesBack = () -> {
            if (dispatched.compareAndSet(false, true)) {
                context.dispatch(path);
            }
        };
        // At zero there would be no end to it.
        context.setTimeout(Math.max(1, budget.toMillis()));
        context.addListener(new TimeoutListener(comesBack));
        question.whenAnswered(comesBack);
    }
}
