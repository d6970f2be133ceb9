package dev.tollgate.http.filter;

import dev.tollgate.core.account.RequestAttributes;
import dev.tollgate.core.limit.Decision;
import dev.tollgate.core.limit.FailureMode;
import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.core.limit.Tier;
import dev.tollgate.core.problem.Problem;
import dev.tollgate.core.problem.Problems;
import dev.tollgate.core.problem.Refusal;
import dev.tollgate.core.trace.CurrentRequest;
import dev.tollgate.core.trace.TraceParent;
import dev.tollgate.core.trace.Tracing;
import dev.tollgate.core.usage.UsageEvent;
import dev.tollgate.gate.DecisionAuditor;
import dev.tollgate.gate.DecisionCounts;
import dev.tollgate.gate.Gate;
import dev.tollgate.gate.GateResult;
import dev.tollgate.http.route.Preflight;
import dev.tollgate.http.route.RoutePath;
import dev.tollgate.http.route.RoutePolicies;
import dev.tollgate.http.route.RoutePolicy;
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
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The gate before an application: who is it, may they, say so in the headers, go on or answer, and meter it afterwards. Every
 * request passes once: error, forward and asynchronous dispatches are neither charged nor metered again. Where the request says
 * {@link #DEFERRABLE}, no thread waits for the decision: see {@link Deferral}. A CORS preflight, which browsers send without
 * the key, is a request of the client's address unless its route says otherwise: see {@link Preflight}.
 */
public final class RateLimitFilter implements Filter {

    /** The request attribute, of any value, that says that a request may come back as an asynchronous dispatch. */
    public static final String DEFERRABLE = RateLimitFilter.class.getName() + ".deferrable";

    private static final String PASSED = RateLimitFilter.class.getName() + ".passed";
    private static final String REQUEST_ID = "X-Request-Id";
    private static final long GATE_RETRY_SECONDS = 1;

    private final Supplier<RoutePolicies> routes;
    private final CallerResolver callers;
    private final GateRequestFactory requests;
    private final Gate gate;
    private final RateLimitHeaders headers;
    private final DecisionAuditor auditor;
    private final DecisionCounts counts;
    private final Tracing tracing;
    private final UsageMeter meter;
    private final BanResponseCache bans = new BanResponseCache();
    private final PostRequestCharge postRequestCharge;

    /**
     * @param routes what to do where, asked for each request
     * @param callers who it is
     * @param requests which limits apply
     * @param gate what decides
     * @param headers how callers are told where they stand
     * @param auditor what is noted
     * @param counts what is counted
     * @param tracing where spans go
     * @param usage takes each metered request; must not block nor fail
     * @param clock milliseconds since the epoch
     */
    public RateLimitFilter(
            Supplier<RoutePolicies> routes,
            CallerResolver callers,
            GateRequestFactory requests,
            Gate gate,
            RateLimitHeaders headers,
            DecisionAuditor auditor,
            DecisionCounts counts,
            Tracing tracing,
            Consumer<UsageEvent> usage,
            LongSupplier clock) {
        this.routes = routes;
        this.callers = callers;
        this.requests = requests;
        this.gate = gate;
        this.headers = headers;
        this.auditor = auditor;
        this.counts = counts;
        this.tracing = tracing;
        this.postRequestCharge = new PostRequestCharge(gate);
        this.meter = new UsageMeter(usage, postRequestCharge, clock);
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (!(request instanceof HttpServletRequest http) || !(response instanceof HttpServletResponse answer)) {
            chain.doFilter(request, response);
            return;
        }
        if (http.getAttribute(PASSED) == null) {
            http.setAttribute(PASSED, Boolean.TRUE);
            try {
                identify(requestId(http), http, answer);
                guard(http, answer, chain);
            } finally {
                CurrentRequest.end();
            }
            return;
        }
        Deferral deferral = Deferral.end(http);
        if (deferral == null) {
            chain.doFilter(request, response);
            return;
        }
        CurrentRequest.begin((String) http.getAttribute(RequestAttributes.REQUEST_ID));
        try {
            takeUp(deferral, http, answer, chain);
        } finally {
            CurrentRequest.end();
        }
    }

    /** A request comes back from a deferral. */
    private void takeUp(Deferral deferral, HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        boolean passes;
        try (Tracing.GateSpan span = deferral.span()) {
            passes = heed(
                    deferral.passage(),
                    deferral.route(),
                    deferral.asked(),
                    gate.await(deferral.question(), failureMode(deferral.route())),
                    request,
                    response,
                    span);
        }
        if (passes) {
            proceed(deferral.passage(), deferral.route(), request, response, chain);
        }
    }

    /** A request's time at the gate, which is over with the filter unless it goes on in a deferral. */
    private static final class Stay implements AutoCloseable {
        private final Tracing.GateSpan span;
        private boolean goesOn;

        Stay(Tracing.GateSpan span) {
            this.span = span;
        }

        @Override
        public void close() {
            if (!goesOn) {
                span.close();
            }
        }
    }

    private static void identify(String id, HttpServletRequest request, HttpServletResponse response) {
        response.setHeader(REQUEST_ID, id);
        request.setAttribute(RequestAttributes.REQUEST_ID, id);
        CurrentRequest.begin(id);
    }

    /** The caller's trace, if it says so by the book; else one of ours. */
    private static String requestId(HttpServletRequest request) {
        return TraceParent.parse(request.getHeader(TraceParent.HEADER))
                .map(TraceParent::traceId)
                .orElseGet(TraceParent::newTraceId);
    }

    private void guard(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        RoutePolicies policiesNow = routes.get();
        String path = RoutePath.of(request, policiesNow.encodedSlash());
        if (path == null && !policiesNow.isUniform()) {
            Problem problem = Problems.badPath();
            counts.refused(problem.code());
            ProblemWriter.send(problem, request, response);
            return;
        }
        RoutePolicy found = policiesNow.find(request.getMethod(), path);
        RoutePolicy route = Preflight.isOne(request) ? found.ofPreflight() : found;
        if (!route.guarded()) {
            chain.doFilter(request, response);
            return;
        }
        Passage passage;
        try (Stay stay = new Stay(tracing.begin(route.name(), request.getHeader(TraceParent.HEADER)))) {
            if (stay.span.traceId() != null) {
                identify(stay.span.traceId(), request, response);
            }
            passage = admit(route, request, response, stay);
        }
        if (passage == null) {
            return;
        }
        if (route.charged()) {
            proceed(passage, route, request, response, chain);
        } else if (requests.allows(passage)) {
            chain.doFilter(request, response);
        } else {
            lookMeanwhile(request, response, chain);
        }
    }

    /** What is not charged is not decided either. It says where its caller stands, and asks that while it is served. */
    private void lookMeanwhile(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        GateRequest asked = (GateRequest) request.getAttribute(RequestAttributes.GATE_REQUEST);
        Supplier<Optional<Decision>> look = gate.peek(asked);
        OnCommitResponse told = new OnCommitResponse(
                response, () -> look.get().ifPresent(decision -> headers.write(asked, decision, response::setHeader)));
        chain.doFilter(request, told);
        if (!request.isAsyncStarted()) {
            told.runOnce();
        }
    }

    /** Who it is, if they may go on; null if the request is answered or deferred. */
    private Passage admit(RoutePolicy route, HttpServletRequest request, HttpServletResponse response, Stay stay)
            throws IOException {
        Passage passage = callers.resolve(request, route);
        if (passage.guess()) {
            refuseGuess(passage, route, request, response);
            return null;
        }
        if (passage.problem() != null) {
            counts.refused(passage.problem().code());
            ProblemWriter.send(passage.problem(), request, response);
            return null;
        }
        return decide(passage, route, request, response, stay) ? passage : null;
    }

    /** A key that is none of ours costs its address one request: an address out of requests learns nothing more. */
    private void refuseGuess(
            Passage passage, RoutePolicy route, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        counts.refused(passage.problem().code());
        if (!requests.allows(passage.client())) {
            GateRequest guess = requests.createForGuess(passage.caller());
            // Whatever the failure mode: while Redis is away this node counts guesses, or nobody would.
            GateResult answer = gate.decide(guess, FailureMode.LOCAL);
            counts.count(route.name(), Tier.ANONYMOUS, false, answer);
            if (answer.decision().isPresent()) {
                Decision decision = answer.decision().get();
                headers.write(guess, decision, response::setHeader);
                auditor.record(guess, decision, route.name(), passage.client().address());
                if (!decision.isAdmitted()) {
                    ProblemWriter.send(Refusal.of(decision, guess.ladder()), request, response);
                    return;
                }
            }
        }
        ProblemWriter.send(passage.problem(), request, response);
    }

    /** Whether the request may go on; if not, it is answered or deferred. */
    private boolean decide(
            Passage passage, RoutePolicy route, HttpServletRequest request, HttpServletResponse response, Stay stay)
            throws IOException {
        // A page decides about preflights, not its visitor: too many of them must not bring the visitor's address a
        // ban.
        boolean preflight = route.preflight() == Preflight.ADDRESS && Preflight.isOne(request);
        GateRequest asked =
                preflight ? requests.create(passage, route).withoutViolation() : requests.create(passage, route);
        request.setAttribute(RequestAttributes.CALLER, passage.caller());
        request.setAttribute(RequestAttributes.GATE_REQUEST, asked);
        request.setAttribute(RequestAttributes.CALLER_ID, passage.caller().id());
        request.setAttribute(RequestAttributes.TIER, tier(passage));
        if (passage.key() != null) {
            request.setAttribute(RequestAttributes.KEY, passage.key());
            request.setAttribute(RequestAttributes.KEY_ID, passage.key().key().id());
        }
        if (!route.charged()) {
            return true;
        }
        if (!requests.allows(passage)) {
            Gate.PendingDecision question = gate.submit(asked);
            if (question.isPending() && Deferral.isOffered(request)) {
                stay.goesOn = true;
                new Deferral(passage, route, asked, question, stay.span).begin(request, gate.budget());
                return false;
            }
            return heed(passage, route, asked, gate.await(question, failureMode(route)), request, response, stay.span);
        }
        counts.allowed();
        return true;
    }

    private FailureMode failureMode(RoutePolicy route) {
        return route.failureMode().orElse(requests.failureMode());
    }

    /** Says what was decided, and whether the request may go on; if not, it is answered. */
    private boolean heed(
            Passage passage,
            RoutePolicy route,
            GateRequest asked,
            GateResult answer,
            HttpServletRequest request,
            HttpServletResponse response,
            Tracing.GateSpan span)
            throws IOException {
        String outcome = counts.count(route.name(), tier(passage), route.shadow(), answer)
                .label();
        span.decided(outcome, tier(passage), answer.source().label());
        if (answer.decision().isPresent()) {
            Decision decision = answer.decision().get();
            headers.write(asked, decision, response::setHeader);
            auditor.record(asked, decision, route.name(), passage.client().address());
            if (decision.isAdmitted()) {
                postRequestCharge.admitted(request, decision);
            }
        }
        if (answer.passes() || route.shadow()) {
            return true;
        }
        if (answer.source() == GateResult.Source.MEMORY) {
            bans.send(answer.decision().orElseThrow(), request, response);
        } else {
            ProblemWriter.send(refusal(answer, asked), request, response);
        }
        return false;
    }

    private static String tier(Passage passage) {
        return passage.key() == null ? Tier.ANONYMOUS : passage.key().tier();
    }

    private static Problem refusal(GateResult answer, GateRequest asked) {
        return answer.decision()
                .map(decision -> Refusal.of(decision, asked.ladder()))
                .orElseGet(() -> Problems.gateUnavailable(GATE_RETRY_SECONDS));
    }

    private void proceed(
            Passage passage,
            RoutePolicy route,
            HttpServletRequest request,
            HttpServletResponse response,
            FilterChain chain)
            throws IOException, ServletException {
        boolean broken = true;
        try {
            chain.doFilter(request, response);
            broken = false;
        } finally {
            if (request.isAsyncStarted()) {
                meter.recordOnCompletion(request, response, passage.key(), route);
            } else {
                meter.record(request, response, passage.key(), route, broken);
            }
        }
    }
}
