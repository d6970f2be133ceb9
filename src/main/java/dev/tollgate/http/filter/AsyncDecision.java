package dev.tollgate.http.filter;

import dev.tollgate.gate.Gate.PendingDecision;
import dev.tollgate.http.servlet.TimeoutListener;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Waits for a decision without a thread. The request comes back to the filter as an asynchronous dispatch, when the decision is
 * there or the budget is over. Only for applications that are named for it: filters behind the gate that are not mapped to such
 * dispatches are left out of them.
 */
final class AsyncDecision {

    private AsyncDecision() {}

    /**
     * Whether a request can be waited for without a thread. Its application and all filters that it has passed take part. Its path
     * has nothing that a container could read differently when the request comes back. It does not ask for a WebSocket:
     * containers handle these in filters of their own, which are not mapped to asynchronous dispatches.
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

    /**
     * Gives the thread back. The request comes again once.
     *
     * @param context the request, whose decision becomes pending
     * @param decision the decision that is awaited
     * @param budget the longest to wait; then the request comes back without a decision
     */
    static void begin(RequestContext context, PendingDecision decision, Duration budget) {
        HttpServletRequest request = context.request();
        AsyncContext async = request.startAsync();
        context.setPending(decision);
        // Without the query, which a dispatch keeps. With it, WildFly gives an application each parameter twice.
        String path = request.getRequestURI().substring(request.getContextPath().length());
        AtomicBoolean dispatched = new AtomicBoolean();
        Runnable comeBack = () -> {
            if (dispatched.compareAndSet(false, true)) {
                async.dispatch(path);
            }
        };
        // Zero would mean no timeout.
        async.setTimeout(Math.max(1, budget.toMillis()));
        async.addListener(new TimeoutListener(comeBack));
        // The request may never come back, as when its client goes away.
        ConcurrencyLimiter.releaseWhenCompleted(context);
        decision.whenAnswered(comeBack);
    }
}
