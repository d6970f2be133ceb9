package dev.tollgate.http.filter;

import dev.tollgate.core.account.ApiKey;
import dev.tollgate.core.account.RequestAttributes;
import dev.tollgate.core.account.ResolvedKey;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.Decision;
import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.core.limit.Tier;
import dev.tollgate.core.problem.Problem;
import dev.tollgate.core.trace.CurrentRequest;
import dev.tollgate.core.trace.Tracing;
import dev.tollgate.gate.Gate.PendingDecision;
import dev.tollgate.gate.GateResult;
import dev.tollgate.http.address.ForwardedAddressResolver.Client;
import dev.tollgate.http.route.Preflight;
import dev.tollgate.http.route.RoutePolicy;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The state of one request at the filter, from its first line to its last. A request attribute keeps it, so that further
 * dispatches of the same request find it. One thread uses it at a time; while a decision is awaited without a thread, none
 * does.
 */
final class RequestContext {

    private static final String ATTRIBUTE = RequestContext.class.getName();

    /** What the filter found out about the sender of a request. */
    enum Identity {
        /** There is a caller whose limits apply: an account, or a client address. */
        CALLER,
        /** The request is refused before anything is decided. */
        REFUSED,
        /** The key presented is not known here. The request is refused, and its address pays for the guess. */
        GUESSED_KEY
    }

    private HttpServletRequest request;
    private HttpServletResponse response;
    private FilterChain chain;
    private String id;
    private RoutePolicy route;
    private boolean preflight;
    private Tracing.GateSpan span = Tracing.GateSpan.NONE;
    private Identity identity;
    private Client client;
    private Caller caller;
    private @Nullable ResolvedKey key;
    private @Nullable ResolvedKey refusedKey;
    private @Nullable ResolvedKey misplaced;
    private boolean refusalNoted;
    private @Nullable SunsetFields retirement;
    private Problem problem;
    private GateRequest gateRequest;
    private @Nullable PendingDecision pending;
    private ConcurrencyLimiter.@Nullable Permit permit;
    private @Nullable GateResult admitted;
    private @Nullable Limits shown;

    /** What the header fields say of a caller's limits. */
    private record Limits(RateLimitHeaders headers, GateRequest asked, Decision decision) {
        void write(BiConsumer<String, String> header) {
            headers.write(asked, decision, header);
        }
    }

    @SuppressWarnings("NullAway.Init") // the filter sets the rest step by step, each before it is read
    private RequestContext(HttpServletRequest request, HttpServletResponse response, FilterChain chain) {
        this.request = request;
        this.response = response;
        this.chain = chain;
    }

    /** Begins the context of a request that comes to the filter for the first time. */
    static RequestContext begin(HttpServletRequest request, HttpServletResponse response, FilterChain chain) {
        RequestContext context = new RequestContext(request, response, chain);
        request.setAttribute(ATTRIBUTE, context);
        return context;
    }

    /** Returns the context of a request that was here before, or null. */
    static @Nullable RequestContext find(ServletRequest request) {
        return request.getAttribute(ATTRIBUTE) instanceof RequestContext context ? context : null;
    }

    /** Goes on with the objects of another dispatch of the same request. */
    void resume(HttpServletRequest request, HttpServletResponse response, FilterChain chain) {
        this.request = request;
        this.response = response;
        this.chain = chain;
        CurrentRequest.begin(id);
    }

    /** The answer goes on through another response. */
    void answerWith(HttpServletResponse instead) {
        response = instead;
    }

    /** Gives the request its id: a trace's, 32 hexadecimal digits. Its response, its attributes and its log lines carry it. */
    void identifyAs(String id) {
        this.id = id;
        response.setHeader(RateLimitFilter.REQUEST_ID, id);
        request.setAttribute(RequestAttributes.REQUEST_ID, id);
        CurrentRequest.begin(id);
    }

    /** Sets the policy that applies: of a CORS preflight, the one its route has for preflights. */
    void setRoute(RoutePolicy found) {
        preflight = Preflight.isOne(request);
        route = preflight ? found.ofPreflight() : found;
    }

    /** Whether this is a CORS preflight that is a request of the client's address, whatever key it presents. */
    boolean isPreflightOfAddress() {
        return preflight && route.preflight() == Preflight.ADDRESS;
    }

    /** Sets the span of the time at the gate. */
    void setSpan(Tracing.GateSpan span) {
        this.span = span;
    }

    /** The request comes from an account, by its key. */
    void fromAccount(Client client, ResolvedKey key) {
        this.key = key;
        from(Identity.CALLER, client, Caller.account(key.key().accountId()));
    }

    /** The request comes from a client address, without a key. */
    void fromAddress(Client client) {
        from(Identity.CALLER, client, Caller.address(client.caller()));
    }

    /** The request is refused before anything is decided. */
    void refuse(Client client, Problem problem) {
        this.problem = problem;
        this.identity = Identity.REFUSED;
        this.client = client;
    }

    /** The request is refused, since its key or principal, which is known, may not be used, or not here. */
    void refuse(Client client, ResolvedKey key, Problem problem) {
        refusedKey = key;
        refuse(client, problem);
    }

    /** The request is refused, since its key may not be used from the client's address. */
    void refuseMisplaced(Client client, ResolvedKey key, Problem problem) {
        misplaced = key;
        refuse(client, key, problem);
    }

    /** The key or principal that a refused request presented; null if it has none, or it is not known. */
    @Nullable
    ResolvedKey refusedKey() {
        return refusedKey;
    }

    /** Returns whether this is the first refusal of the request that is noted; in shadow mode it may meet several. */
    boolean isFirstRefusal() {
        boolean first = !refusalNoted;
        refusalNoted = true;
        return first;
    }

    /** The key that may not be used from the client's address; null if that is not why the request is refused. */
    @Nullable
    ResolvedKey misplaced() {
        return misplaced;
    }

    /** Tells the client that its secret was rotated away, and how long it goes on. */
    void announceRetirement(ApiKey key) {
        retirement = SunsetFields.of(key);
        retirement.write(response::setHeader);
    }

    /** The request is refused, since its key is none of ours; the address is charged for the guess. */
    void refuseGuess(Client client, Problem problem) {
        this.problem = problem;
        from(Identity.GUESSED_KEY, client, Caller.address(client.caller()));
    }

    private void from(Identity identity, Client client, Caller caller) {
        this.identity = identity;
        this.client = client;
        this.caller = caller;
    }

    /** Sets what has to be decided, and tells the application behind the filter who is asking. */
    void setGateRequest(GateRequest gateRequest) {
        this.gateRequest = gateRequest;
        request.setAttribute(RequestAttributes.CALLER, caller);
        request.setAttribute(RequestAttributes.GATE_REQUEST, gateRequest);
        request.setAttribute(RequestAttributes.CALLER_ID, caller.id());
        request.setAttribute(RequestAttributes.TIER, tier());
        if (key != null) {
            request.setAttribute(RequestAttributes.KEY, key);
            request.setAttribute(RequestAttributes.KEY_ID, key.key().id());
            request.setAttribute(
                    RequestAttributes.KEY_SCOPES, key.key().access().scopes().text());
        }
    }

    /** The decision is awaited without a thread; {@link #takePending} gives it back. */
    void setPending(PendingDecision pending) {
        this.pending = pending;
    }

    /** The request is counted among those under way; {@link #releasePermit} ends that. */
    void setPermit(ConcurrencyLimiter.Permit permit) {
        this.permit = permit;
    }

    /** The permit; null if the request is not counted among those under way. */
    ConcurrencyLimiter.@Nullable Permit permit() {
        return permit;
    }

    /** The request is no longer under way. */
    void releasePermit() {
        if (permit != null) {
            permit.release();
        }
    }

    /** Whether a decision is awaited without a thread. */
    boolean isPending() {
        return pending != null;
    }

    /** Returns the decision that was awaited; from now on none is. */
    PendingDecision takePending() {
        PendingDecision taken = Objects.requireNonNull(pending);
        pending = null;
        return taken;
    }

    /** Sets the result by which the request passes: admitted, or in shadow mode. */
    void setAdmitted(GateResult result) {
        admitted = result;
    }

    /** Writes the header fields with the limits of the request's sender. */
    void showLimits(RateLimitHeaders headers, GateRequest asked, Decision decision) {
        shown = new Limits(headers, asked, decision);
        shown.write(response::setHeader);
    }

    /** Gives the header fields that the response got so far. */
    void repeatFields(BiConsumer<String, String> header) {
        header.accept(RateLimitFilter.REQUEST_ID, id);
        if (shown != null) {
            shown.write(header);
        }
        if (retirement != null) {
            retirement.write(header);
        }
    }

    /** Passes the request on to what is behind the filter. */
    void proceed() throws IOException, ServletException {
        chain.doFilter(request, response);
    }

    /** Passes the request on with another response. */
    void proceed(HttpServletResponse instead) throws IOException, ServletException {
        chain.doFilter(request, instead);
    }

    /** The request's id, 32 hexadecimal digits. */
    String id() {
        return id;
    }

    HttpServletRequest request() {
        return request;
    }

    HttpServletResponse response() {
        return response;
    }

    RoutePolicy route() {
        return route;
    }

    Tracing.GateSpan span() {
        return span;
    }

    Identity identity() {
        return identity;
    }

    /** The client's address. */
    Client client() {
        return client;
    }

    /** The caller that limits apply to. Not set for a request that is refused because it cannot be attributed. */
    Caller caller() {
        return caller;
    }

    /** The API key presented; null if none. */
    @Nullable
    ResolvedKey key() {
        return key;
    }

    /** The tier's name. */
    String tier() {
        return key == null ? Tier.ANONYMOUS : key.tier();
    }

    /** Why the request is refused before anything is decided. Set only for such a request. */
    Problem problem() {
        return problem;
    }

    /** What has to be decided. Set as soon as the caller is known. */
    GateRequest gateRequest() {
        return gateRequest;
    }

    /** The result by which the request passed, with a decision; null if there was none. */
    @Nullable
    GateResult admitted() {
        return admitted;
    }
}
