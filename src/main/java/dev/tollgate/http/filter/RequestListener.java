package dev.tollgate.http.filter;

import dev.tollgate.core.account.ResolvedKey;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.core.limit.Tier;
import dev.tollgate.core.problem.Problem;
import dev.tollgate.core.problem.Problems;
import dev.tollgate.core.refusal.RefusalReason;
import dev.tollgate.core.refusal.RefusedRequest;
import dev.tollgate.core.trace.TraceParent;
import dev.tollgate.core.trace.Tracing;
import dev.tollgate.core.usage.UsageEvent;
import dev.tollgate.gate.DecisionAuditor;
import dev.tollgate.gate.DecisionCounts;
import dev.tollgate.gate.GateResult;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The one place that tells others what happened to a request at the filter: counters, spans, the audit trail, usage and refusals. None of
 * it blocks or fails a request. Thread-safe.
 */
public final class RequestListener {

    /** The answer where nothing could be decided and the failure mode is {@code closed}. */
    private static final Problem UNDECIDED = Problems.gateUnavailable(1);

    private final DecisionAuditor auditor;
    private final DecisionCounts counts;
    private final Tracing tracing;
    private final UsageMeter meter;
    private final Consumer<RefusedRequest> refusals;
    private final LongSupplier clock;

    /**
     * One argument for each of those who are told, which is more than five.
     *
     * @param auditor takes violations, bans and quota warnings
     * @param counts counts decisions and refusals
     * @param tracing records spans
     * @param usage takes the usage of each request with a key; must neither block nor fail
     * @param refusals takes each refusal, also those that shadow mode would have made; must neither block nor fail
     * @param clock milliseconds since the epoch
     */
    public RequestListener(
            DecisionAuditor auditor,
            DecisionCounts counts,
            Tracing tracing,
            Consumer<UsageEvent> usage,
            Consumer<RefusedRequest> refusals,
            LongSupplier clock) {
        this.auditor = auditor;
        this.counts = counts;
        this.tracing = tracing;
        this.meter = new UsageMeter(usage, clock);
        this.refusals = refusals;
        this.clock = clock;
    }

    /** The request comes to the gate: its span begins. If a trace is recorded, the request gets the id of that trace. */
    void onArrival(RequestContext context) {
        Tracing.GateSpan span =
                tracing.begin(context.route().name(), context.request().getHeader(TraceParent.HEADER));
        context.setSpan(span);
        if (span.traceId() != null) {
            context.identifyAs(span.traceId());
        }
    }

    /** The request is refused before anything is decided. */
    void onRefusal(Problem problem) {
        counts.refused(problem.code());
    }

    /** The request is refused before anything is decided, since of its sender's credentials. */
    void onCredentialRefusal(RequestContext context) {
        ResolvedKey misplaced = context.misplaced();
        if (misplaced != null) {
            auditor.addressRefused(
                    misplaced.key(), context.route().name(), context.client().caller());
        }
        note(context, RefusalReason.of(context.route().name(), context.problem(), false));
    }

    /** The request is, or in shadow mode would be, refused, since as many of its caller are under way as its route allows. */
    void onConcurrencyRefusal(RequestContext context, Problem tooMany) {
        onRefusal(tooMany);
        note(
                context,
                RefusalReason.of(
                        context.route().name(), tooMany, context.route().shadow()));
    }

    /** An address was charged for a guessed key. */
    void onGuess(RequestContext context, GateRequest guess, GateResult result) {
        String route = context.route().name();
        counts.count(route, Tier.ANONYMOUS, false, result);
        result.decision().ifPresent(decision -> {
            auditor.record(guess, decision, route, context.client().address());
            if (!decision.isAdmitted()) {
                note(context, RefusalReason.of(route, decision, guess, false));
            }
        });
    }

    /** The caller is on the allow-list, so nothing is decided. */
    void onAllowed() {
        counts.allowed();
    }

    /** The request was decided. */
    void onDecision(RequestContext context, GateResult result) {
        String route = context.route().name();
        String outcome = counts.count(route, context.tier(), context.route().shadow(), result)
                .label();
        context.span().decided(outcome, context.tier(), result.source().label());
        result.decision()
                .ifPresent(decision -> auditor.record(
                        context.gateRequest(), decision, route, context.client().address()));
        if (!result.passes()) {
            boolean shadow = context.route().shadow();
            note(
                    context,
                    result.decision()
                            .map(decision -> RefusalReason.of(route, decision, context.gateRequest(), shadow))
                            .orElseGet(() -> RefusalReason.of(route, UNDECIDED, shadow)));
        }
    }

    /** Notes the first refusal of a request: in shadow mode, a second one would not have been reached. */
    private void note(RequestContext context, RefusalReason reason) {
        if (!context.isFirstRefusal()) {
            return;
        }
        ResolvedKey key = context.key() == null ? context.refusedKey() : context.key();
        Caller caller = key == null
                ? Caller.address(context.client().caller())
                : Caller.account(key.key().accountId());
        refusals.accept(new RefusedRequest(
                clock.getAsLong(),
                caller,
                key == null ? null : key.key().id(),
                context.client().address(),
                context.id(),
                reason));
    }

    /** The request leaves the gate, answered or not: its span ends. */
    void onDeparture(RequestContext context) {
        context.span().close();
    }

    /**
     * The request is over.
     *
     * @param broken whether it ended in an exception or a timeout
     */
    void onCompletion(RequestContext context, boolean broken) {
        meter.record(context, broken);
    }
}
