package dev.tollgate.gate;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tollgate.core.account.ApiKey;
import dev.tollgate.core.audit.AuditEvent;
import dev.tollgate.core.audit.AuditSink;
import dev.tollgate.core.audit.BanEvent;
import dev.tollgate.core.audit.QuotaWarningLog;
import dev.tollgate.core.limit.Ban;
import dev.tollgate.core.limit.BillingMonth;
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
 * passing 50, 80 and 100 %.
 *
 * <p>A ban or refusal is recorded exactly once, since the store decides atomically which request was the one. Units out on lease
 * make the month's use jump and fall back, so no single request crosses a mark. A node therefore warns when it first sees a mark
 * passed, and all nodes share a memory of the warnings given. If that memory does not answer, a warning may come once a node.
 */
public final class DecisionAuditor {

    private static final int[] QUOTA_PERCENT = {50, 80, 100};
    private static final int MAX_NOTED = 10_000;
    private static final int MAX_WARNED = 50_000;

    /**
     * How far past a mark a use still brings its warning, as a part of the quota: more than nodes have out on lease together.
     * Without it a node that starts would ask the shared memory about every caller.
     */
    private static final int SLACK = 10;

    private final AuditSink audit;

    /** Callers of whom this node noted a refusal that is no violation, within the last minute. */
    private final Cache<Caller, Boolean> noted = Caffeine.newBuilder()
            .maximumSize(MAX_NOTED)
            .expireAfterWrite(Duration.ofMillis(WindowPolicy.MINUTE_MILLIS))
            .build();

    /** Keys and the addresses that they were refused from, within the last minute. */
    private final Cache<String, Boolean> misplaced = Caffeine.newBuilder()
            .maximumSize(MAX_NOTED)
            .expireAfterWrite(Duration.ofMillis(WindowPolicy.MINUTE_MILLIS))
            .build();

    /** The month, the quota and the highest mark that this node has taken care of, by account. */
    private final Cache<Caller, Warned> warned =
            Caffeine.newBuilder().maximumSize(MAX_WARNED).build();

    private record Warned(long monthEndMillis, long quota, int percent) {
        boolean covers(long atMillis, long otherQuota, int other) {
            return atMillis < monthEndMillis && quota == otherQuota && percent >= other;
        }
    }

    private final ViolationLog violations;
    private final QuotaWarningLog warnings;
    private final CallerPeaks peaks = new CallerPeaks();

    /**
     * @param audit the trail they are noted in
     * @param violations the log of violations
     * @param warnings the memory of quota warnings that nodes share
     */
    public DecisionAuditor(AuditSink audit, ViolationLog violations, QuotaWarningLog warnings) {
        this.audit = audit;
        this.violations = violations;
        this.warnings = warnings;
    }

    /** How high callers came; bounded, to be drained. */
    public CallerPeaks peaks() {
        return peaks;
    }

    /** Logs what the store counted as a violation: a request over a window that is enforced, not in shadow mode. */
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
        quotaWarning(request, decision);
        switch (decision.outcome()) {
            case ADMITTED -> {
                // The month's marks are all there is to note.
            }
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
            case COST_EXCEEDS_LIMIT -> {
                if (request.charged() && isFirstHere(request)) {
                    note(limitExceeded(request, decision), request, decision, route, address);
                }
            }
            case QUOTA_EXCEEDED -> {
                if (isFirstInShadow(request)) {
                    note(limitExceeded(request, decision), request, decision, route, address);
                }
                // Otherwise the warning at 100 % is the event. A caller over its quota may send thousands of requests.
            }
        }
    }

    /**
     * Notes that a key was used from where it may not be; of one key and address once a minute.
     *
     * @param route the name of the route policy
     * @param address the client's address as the gate found it
     */
    public void addressRefused(ApiKey key, String route, String address) {
        if (misplaced.asMap().putIfAbsent(key.id() + " " + address, Boolean.TRUE) == null) {
            audit.note(new AuditEvent(
                    AuditEvent.Type.ADDRESS_REFUSED,
                    System.currentTimeMillis(),
                    key.accountId(),
                    AuditEvent.GATE,
                    Map.of("keyId", key.id(), "prefix", key.prefix(), "route", route, "address", address)));
        }
    }

    private static AuditEvent limitExceeded(GateRequest request, Decision decision) {
        Map<String, String> details = new HashMap<>();
        if (!request.enforced()) {
            details.put("mode", "shadow");
        }
        if (decision.outcome() == Decision.Outcome.COST_EXCEEDS_LIMIT) {
            details.put("cost", Integer.toString(request.cost()));
        }
        return new AuditEvent(
                AuditEvent.Type.LIMIT_EXCEEDED,
                decision.atMillis(),
                request.caller().id(),
                AuditEvent.GATE,
                details);
    }

    private boolean isFirstInShadow(GateRequest request) {
        return request.charged() && !request.enforced() && isFirstHere(request);
    }

    /** The store cannot tell which refusal is the first if they are no violations; this node notes one a minute. */
    private boolean isFirstHere(GateRequest request) {
        return noted.asMap().putIfAbsent(request.caller(), Boolean.TRUE) == null;
    }

    private static AuditEvent ban(GateRequest request, Decision decision) {
        Ban ban = decision.ban().orElseThrow();
        boolean lowest = ban.level().equals(request.ladder().steps().get(0).level());
        return BanEvent.applied(request.caller(), ban, !lowest, AuditEvent.GATE);
    }

    private void quotaWarning(GateRequest request, Decision decision) {
        if (!decision.isChargedTo(LimitStatus.MONTH, request)
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
            // The share in units, rounded up to whole ones.
            long mark = Math.max(1, (quota * percent + 99) / 100);
            if (used >= mark
                    && used - request.cost() < mark + quota / SLACK
                    && takesCareOf(request, decision, percent, quota)) {
                warn(request.caller(), decision.atMillis(), percent, used, quota);
            }
        }
    }

    /** Returns whether this node has not taken care of a mark in this month; from now on it has. */
    private boolean takesCareOf(GateRequest request, Decision decision, int percent, long quota) {
        Warned known = warned.getIfPresent(request.caller());
        if (known != null && known.covers(decision.atMillis(), quota, percent)) {
            return false;
        }
        Warned now = new Warned(BillingMonth.at(decision.atMillis()).endMillis(), quota, percent);
        return warned.asMap()
                        .merge(
                                request.caller(),
                                now,
                                (before, after) -> before.covers(decision.atMillis(), quota, percent) ? before : after)
                == now;
    }

    private void warn(Caller caller, long atMillis, int percent, long used, long quota) {
        AuditEvent event = new AuditEvent(
                AuditEvent.Type.QUOTA_WARNING,
                atMillis,
                caller.id(),
                AuditEvent.GATE,
                Map.of(
                        "percent", Integer.toString(percent),
                        "used", Long.toString(used),
                        "quota", Long.toString(quota)));
        warnings.markGiven(caller, BillingMonth.at(atMillis), percent, quota).whenComplete((isFirst, failure) -> {
            if (failure != null || isFirst) {
                audit.note(event);
            }
        });
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
