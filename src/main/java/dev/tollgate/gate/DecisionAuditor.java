package dev.tollgate.gate;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tollgate.core.audit.AuditEvent;
import dev.tollgate.core.audit.AuditSink;
import dev.tollgate.core.audit.BanEvent;
import dev.tollgate.core.limit.Ban;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.Decision;
import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.core.limit.LimitStatus;
import dev.tollgate.core.limit.ViolationLog;
import dev.tollgate.core.limit.ViolationLog.Violation;
import dev.tollgate.core.limit.WindowPolicy;
import dev.tollgate.core.traffic.CallerPeaks;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * The audit of decisions: bans applied or escalated, the first refusal of a caller within a window, and the month's quota
 * passing 50, 80 and 100 %. Each is recorded exactly once, since the store decides atomically which request was the one.
 */
public final class DecisionAuditor {

    private static final int[] QUOTA_PERCENT = {50, 80, 100};
    private static final int MAX_SHADOWED = 10_000;

    private final AuditSink audit;
    private final Cache<Caller, Boolean> shadowed = Caffeine.newBuilder()
            .maximumSize(MAX_SHADOWED)
            .expireAfterWrite(Duration.ofMillis(WindowPolicy.MINUTE_MILLIS))
            .build();

    private final ViolationLog violations;
    private final CallerPeaks peaks = new CallerPeaks();

    /** With the trail they are noted in, and the log of violations. */
    public DecisionAuditor(AuditSink audit, ViolationLog violations) {
        this.audit = audit;
        this.violations = violations;
    }

    /** How high callers came; bounded, to be drained. */
    public CallerPeaks peaks() {
        return peaks;
    }

    /** A violation is what added to the caller's ledger: enforced, and not in a shadow. */
    private void violation(GateRequest request, Decision decision, String route, String address) {
        if (request.charged() && request.enforced() && decision.violations().isPresent()) {
            int count = decision.violations().getAsInt();
            violations.note(request.caller(), new Violation(decision.atMillis(), route, address, count));
        }
    }

    /**
     * Notes what there is to note of a decision.
     *
     * @param route the name of the route policy
     * @param address the client's address as the gate found it
     */
    public void record(GateRequest request, Decision decision, String route, String address) {
        violation(request, decision, route, address);
        peaks.observe(request, decision);
        switch (decision.outcome()) {
            case ADMITTED -> quotaWarning(request, decision);
            case BANNED -> {
                if (decision.banApplied()) {
                    note(ban(request, decision), request, decision, route, address);
                }
            }
            case RATE_LIMITED -> {
                if (decision.firstInWindow() || isFirstInShadow(request)) {
                    note(limitExceeded(request, decision), request, decision, route, address);
                }
            }
            case QUOTA_EXCEEDED -> {
                if (isFirstInShadow(request)) {
                    note(limitExceeded(request, decision), request, decision, route, address);
                }
                // Else the warning at 100 % told already; a caller over its quota may come back thousands of times.
            }
        }
    }

    private static AuditEvent limitExceeded(GateRequest request, Decision decision) {
        return new AuditEvent(
                AuditEvent.Type.LIMIT_EXCEEDED,
                decision.atMillis(),
                request.caller().id(),
                AuditEvent.GATE,
                request.enforced() ? Map.of() : Map.of("mode", "shadow"));
    }

    /** A shadow refusal adds no violation, so the store cannot tell which is the first; this node notes one a minute. */
    private boolean isFirstInShadow(GateRequest request) {
        return request.charged()
                && !request.enforced()
                && shadowed.asMap().putIfAbsent(request.caller(), Boolean.TRUE) == null;
    }

    private static AuditEvent ban(GateRequest request, Decision decision) {
        Ban ban = decision.ban().orElseThrow();
        boolean lowest = ban.level().equals(request.ladder().steps().get(0).level());
        return BanEvent.applied(request.caller(), ban, !lowest, AuditEvent.GATE);
    }

    private void quotaWarning(GateRequest request, Decision decision) {
        if (!request.charged()
                || request.monthlyQuota().isEmpty()
                || decision.policies().isEmpty()) {
            return;
        }
        LimitStatus month = decision.policies().get(decision.policies().size() - 1);
        long quota = request.monthlyQuota().getAsLong();
        if (!month.name().equals(LimitStatus.MONTH) || quota == 0) {
            return;
        }
        long used = quota - month.remaining();
        for (int percent : QUOTA_PERCENT) {
            // Whole units reached at that share: exactly one request crosses it.
            long mark = Math.max(1, (quota * percent + 99) / 100);
            if (used >= mark && used - request.cost() < mark) {
                audit.note(new AuditEvent(
                        AuditEvent.Type.QUOTA_WARNING,
                        decision.atMillis(),
                        request.caller().id(),
                        AuditEvent.GATE,
                        Map.of(
                                "percent", Integer.toString(percent),
                                "used", Long.toString(used),
                                "quota", Long.toString(quota))));
            }
        }
    }

    /** With what an operator asks next: where, from which address, how often before. */
    private void note(AuditEvent event, GateRequest request, Decision decision, String route, String address) {
        Map<String, String> details = new HashMap<>(event.details());
        details.put("route", route);
        details.put("address", address);
        details.put("policies", String.join(",", decision.violated()));
        decision.violations().ifPresent(count -> details.put("violations", Integer.toString(count)));
        audit.note(new AuditEvent(event.type(), event.atMillis(), event.caller(), event.actor(), details));
    }
}
