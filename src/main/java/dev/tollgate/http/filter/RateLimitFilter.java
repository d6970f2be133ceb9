package dev.tollgate.http.filter;

import dev.tollgate.core.limit.Decision;
import dev.tollgate.core.limit.FailureMode;
import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.core.problem.Problem;
import dev.tollgate.core.problem.Problems;
import dev.tollgate.core.problem.Refusal;
import dev.tollgate.core.trace.CurrentRequest;
import dev.tollgate.core.trace.TraceParent;
import dev.tollgate.gate.Gate;
import dev.tollgate.gate.GateResult;
import dev.tollgate.http.route.Preflight;
import dev.tollgate.http.route.RoutePath;
import dev.tollgate.http.route.RoutePolicies;
import dev.tollgate.http.servlet.CrossOrigin;
import dev.tollgate.http.servlet.ProblemWriter;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/**
 * The gate before an application. It identifies the caller, asks for a decision, answers or lets the request go on, and meters
 * it afterwards.
 *
 * <p>A request is charged and metered once: error, forward and asynchronous dispatches of it pass through. Where the request
 * says {@link #DEFERRABLE}, no thread waits for the decision: see {@link AsyncDecision}. A CORS preflight, which browsers send
 * without the key, is a request of the client's address unless its route says otherwise: see {@link Preflight}.
 */
public final class RateLimitFilter implements Filter {

    /** The request attribute, of any value, that says that a request may come back as an asynchronous dispatch. */
    public static final String DEFERRABLE = RateLimitFilter.class.getName() + ".deferrable";

    /** The header field with the request's id. */
    public static final String REQUEST_ID = "X-Request-Id";

    private static final long GATE_RETRY_SECONDS = 1;

    private final Supplier<RoutePolicies> routes;
    private final CallerResolver callers;
    private final GateRequestFactory requests;
    private final Gate gate;
    private final RateLimitHeaders headers;
    private final CrossOrigin crossOrigin;
    private final RequestListener listener;
    private final PostRequestCharge postRequestCharge;
    private final BanResponseCache bans = new BanResponseCache();
    private final ConcurrencyLimiter concurrency = new ConcurrencyLimiter();

    /**
     * One argument for each step of a request, which is more than five.
     *
     * @param routes the policies in force, asked for each request
     * @param callers identifies the caller
     * @param requests the limits that apply
     * @param gate decides
     * @param headers writes the header fields with the limits
     * @param crossOrigin which pages of other origins may read refusals, and the fields of all answers
     * @param listener is told what happens
     */
    public RateLimitFilter(
            Supplier<RoutePolicies> routes,
            CallerResolver callers,
            GateRequestFactory requests,
            Gate gate,
            RateLimitHeaders headers,
            CrossOrigin crossOrigin,
            RequestListener listener) {
        this.routes = routes;
        this.callers = callers;
        this.requests = requests;
        this.gate = gate;
        this.headers = headers;
        this.crossOrigin = crossOrigin;
        this.listener = listener;
        this.postRequestCharge = new PostRequestCharge(gate);
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (!(request instanceof HttpServletRequest http) || !(response instanceof HttpServletResponse answer)) {
            chain.doFilter(request, response);
            return;
        }
        RequestContext context = RequestContext.find(http);
        if (context != null && !context.isPending()) {
            chain.doFilter(request, response);
            return;
        }
        try {
            if (context == null) {
                begin(RequestContext.begin(http, answer, chain));
            } else {
                context.resume(http, answer, chain);
                resume(context);
            }
        } finally {
            CurrentRequest.end();
        }
    }

    /**
     * Gives the header fields that a response got here, for containers that take them away on an error. Gives none for a request
     * that did not come to the filter.
     *
     * @param header takes a field's name and value
     */
    public static void repeatFields(ServletRequest request, BiConsumer<String, String> header) {
        RequestContext context = RequestContext.find(request);
        if (context != null) {
            context.repeatFields(header);
        }
    }

    /** How many callers have requests under way that a route's bound counts. */
    int requestsUnderWay() {
        return concurrency.size();
    }

    private void begin(RequestContext context) throws IOException, ServletException {
        context.identifyAs(requestId(context.request()));
        if (!findRoute(context)) {
            return;
        }
        if (!context.route().guarded()) {
            context.proceed();
            return;
        }
        listener.onArrival(context);
        boolean passes = false;
        try {
            passes = identify(context) && decide(context);
        } finally {
            if (!context.isPending()) {
                leave(context, passes);
            }
        }
        if (passes) {
            serve(context);
        }
    }

    /** Goes on with a request whose decision was awaited without a thread. */
    private void resume(RequestContext context) throws IOException, ServletException {
        boolean passes = false;
        try {
            passes = apply(gate.await(context.takePending(), failureMode(context)), context);
        } finally {
            leave(context, passes);
        }
        if (passes) {
            serve(context);
        }
    }

    private void leave(RequestContext context, boolean passes) {
        listener.onDeparture(context);
        if (!passes) {
            context.releasePermit();
        }
    }

    /** Returns the trace of the caller if its {@code traceparent} is valid, else a new one. */
    private static String requestId(HttpServletRequest request) {
        return TraceParent.parse(request.getHeader(TraceParent.HEADER))
                .map(TraceParent::traceId)
                .orElseGet(TraceParent::newTraceId);
    }

    /** Finds the policy that applies. Returns false if the path can be read in two ways, which is answered. */
    private boolean findRoute(RequestContext context) throws IOException {
        RoutePolicies policies = routes.get();
        String path = RoutePath.of(context.request(), policies.encodedSlash());
        if (path == null && !policies.isUniform()) {
            refuse(Problems.badPath(), context);
            return false;
        }
        context.setRoute(policies.find(context.request().getMethod(), path));
        return true;
    }

    /** Finds out who the caller is. Returns false if the request is answered. */
    private boolean identify(RequestContext context) throws IOException {
        callers.resolve(context);
        return switch (context.identity()) {
            case CALLER -> true;
            case REFUSED -> {
                listener.onCredentialRefusal(context);
                refuse(context.problem(), context);
                yield false;
            }
            case GUESSED_KEY -> {
                refuseGuess(context);
                yield false;
            }
        };
    }

    private void refuse(Problem problem, RequestContext context) throws IOException {
        listener.onRefusal(problem);
        send(problem, context);
    }

    private void send(Problem problem, RequestContext context) throws IOException {
        crossOrigin.allow(context.request(), context.response());
        ProblemWriter.send(problem, context.request(), context.response());
    }

    /** Charges the address one request for a guess. An address out of requests does not learn whether its key is known. */
    private void refuseGuess(RequestContext context) throws IOException {
        listener.onRefusal(context.problem());
        if (!requests.allows(context.client())) {
            GateRequest guess = requests.createForGuess(context.caller());
            // While Redis is unavailable this node limits guesses, even in failure mode open. Otherwise they would be
            // free.
            GateResult result = gate.decide(guess, FailureMode.LOCAL);
            listener.onGuess(context, guess, result);
            if (result.decision().isPresent()) {
                Decision decision = result.decision().get();
                context.showLimits(headers, guess, decision);
                if (!decision.isAdmitted()) {
                    send(Refusal.of(decision, guess), context);
                    return;
                }
            }
        }
        listener.onCredentialRefusal(context);
        send(context.problem(), context);
    }

    /** Decides whether the request goes on. Returns false if it is answered, or its decision is pending. */
    private boolean decide(RequestContext context) throws IOException {
        context.setGateRequest(requests.create(context));
        if (!context.route().charged()) {
            return true;
        }
        if (requests.allows(context)) {
            listener.onAllowed();
            return true;
        }
        Problem tooMany = concurrency.enter(context);
        if (tooMany != null) {
            listener.onConcurrencyRefusal(context, tooMany);
            if (!context.route().shadow()) {
                send(tooMany, context);
                return false;
            }
        }
        Gate.PendingDecision decision = gate.submit(context.gateRequest());
        if (decision.isPending() && AsyncDecision.isOffered(context.request())) {
            AsyncDecision.begin(context, decision, gate.budget());
            return false;
        }
        return apply(gate.await(decision, failureMode(context)), context);
    }

    private FailureMode failureMode(RequestContext context) {
        return context.route().failureMode().orElse(requests.failureMode());
    }

    /** Tells what was decided. Returns whether the request goes on; if not, it is answered. */
    private boolean apply(GateResult result, RequestContext context) throws IOException {
        listener.onDecision(context, result);
        if (result.decision().isPresent()) {
            Decision decision = result.decision().get();
            context.showLimits(headers, context.gateRequest(), decision);
            if (decision.isAdmitted() || context.route().shadow()) {
                context.setAdmitted(result);
            }
        }
        if (result.passes() || context.route().shadow()) {
            return true;
        }
        if (result.source() == GateResult.Source.MEMORY) {
            crossOrigin.allow(context.request(), context.response());
            bans.send(result.decision().orElseThrow(), context.request(), context.response());
        } else {
            send(refusal(result, context.gateRequest()), context);
        }
        return false;
    }

    private static Problem refusal(GateResult result, GateRequest asked) {
        return result.decision()
                .map(decision -> Refusal.of(decision, asked))
                .orElseGet(() -> Problems.gateUnavailable(GATE_RETRY_SECONDS));
    }

    private void serve(RequestContext context) throws IOException, ServletException {
        context.answerWith(crossOrigin.exposing(context.request(), context.response()));
        if (context.route().charged()) {
            serveMetered(context);
        } else if (requests.allows(context)) {
            context.proceed();
        } else {
            servePeeking(context);
        }
    }

    private void serveMetered(RequestContext context) throws IOException, ServletException {
        boolean broken = true;
        try {
            context.proceed();
            broken = false;
        } finally {
            if (context.request().isAsyncStarted()) {
                ConcurrencyLimiter.releaseWhenCompleted(context);
                CompletionListener.register(context.request(), failed -> complete(context, failed));
            } else {
                context.releasePermit();
                complete(context, broken);
            }
        }
    }

    private void complete(RequestContext context, boolean broken) {
        postRequestCharge.charge(context, broken);
        listener.onCompletion(context, broken);
    }

    /** Serves what is not charged, and so not decided. The caller's limits are read meanwhile, for the header fields. */
    private void servePeeking(RequestContext context) throws IOException, ServletException {
        GateRequest asked = context.gateRequest();
        HttpServletResponse response = context.response();
        Supplier<Optional<Decision>> peek = gate.peek(asked);
        OnCommitResponse withHeaders = new OnCommitResponse(
                response, () -> peek.get().ifPresent(decision -> context.showLimits(headers, asked, decision)));
        context.proceed(withHeaders);
        if (!context.request().isAsyncStarted()) {
            withHeaders.runOnce();
        }
    }
}
