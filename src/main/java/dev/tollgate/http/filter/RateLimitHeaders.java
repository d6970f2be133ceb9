package dev.tollgate.http.filter;

import dev.tollgate.core.limit.Ban;
import dev.tollgate.core.limit.BillingMonth;
import dev.tollgate.core.limit.Decision;
import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.core.limit.LimitStatus;
import dev.tollgate.core.limit.WindowPolicy;
import dev.tollgate.core.stats.SlotCache;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * The header fields with a caller's limits: {@code RateLimit-Policy} and {@code RateLimit} of
 * draft-ietf-httpapi-ratelimit-headers-10 as RFC 9651 structured fields, e.g.
 *
 * <pre>
 * RateLimit-Policy: "minute";q=10;w=60, "month";q=1000;w=2592000
 * RateLimit: "minute";r=9;t=60, "month";r=812;t=950400
 * </pre>
 *
 * and, unless switched off, the older {@code X-RateLimit-Limit}, {@code -Remaining} and {@code -Reset} (seconds since the
 * epoch) that many clients read. Those have room for one policy: the one that refused the request (of several, the one that
 * frees up last, as {@code Retry-After} says), or else the caller's {@code minute}, or else the first. Where
 * nothing limits the caller there are no fields. Thread-safe.
 */
public final class RateLimitHeaders {

    private static final int SLOTS = 256;

    /** The values of {@code RateLimit-Policy}, which change with tiers and months only. */
    private final SlotCache<PolicyField> latest = new SlotCache<>(SLOTS);

    private final boolean older;

    /**
     * @param older whether to send the {@code X-RateLimit-*} fields too
     */
    public RateLimitHeaders(boolean older) {
        this.older = older;
    }

    /**
     * Gives the fields for a decision. A banned caller is told that under each of its policies nothing remains until the ban
     * ends, whatever its windows may hold by then, and whether they were read or the ban was known from memory; for a
     * permanent ban the {@code t} parameters and {@code X-RateLimit-Reset} are left out.
     *
     * @param request what was decided on
     * @param header takes a field's name and value, e.g. {@code response::setHeader}
     */
    public void write(GateRequest request, Decision decision, BiConsumer<String, String> header) {
        boolean banned = decision.outcome() == Decision.Outcome.BANNED;
        Ban ban = banned ? decision.ban().orElse(null) : null;
        boolean endless = ban != null && ban.expiresAt().isEmpty();
        List<LimitStatus> policies = ban != null ? exhausted(request, ban, decision.atMillis()) : decision.policies();
        if (policies.isEmpty()) {
            return;
        }
        header.accept("RateLimit-Policy", policyField(policies));
        header.accept("RateLimit", limitField(policies, endless));
        if (older) {
            LimitStatus policy = foremost(policies, decision.violated());
            header.accept("X-RateLimit-Limit", Long.toString(policy.quota()));
            header.accept("X-RateLimit-Remaining", Long.toString(policy.remaining()));
            if (!endless) {
                header.accept("X-RateLimit-Reset", epochSeconds(decision.atMillis() + policy.resetMillis()));
            }
        }
    }

    private static List<LimitStatus> exhausted(GateRequest request, Ban ban, long nowMillis) {
        long reset = ban.remainingSeconds(nowMillis) * 1_000;
        List<LimitStatus> policies = new ArrayList<>(GateRequest.MAX_WINDOWS + 1);
        for (WindowPolicy window : request.windows()) {
            policies.add(new LimitStatus(window.name(), window.limit(), window.windowMillis() / 1_000, 0, reset));
        }
        if (request.monthlyQuota().isPresent()) {
            long length = BillingMonth.at(nowMillis).lengthSeconds();
            policies.add(
                    new LimitStatus(LimitStatus.MONTH, request.monthlyQuota().getAsLong(), length, 0, reset));
        }
        return policies;
    }

    private static LimitStatus foremost(List<LimitStatus> policies, List<String> violated) {
        LimitStatus refusing = null;
        LimitStatus foremost = policies.get(0);
        for (int i = 0; i < policies.size(); i++) {
            LimitStatus policy = policies.get(i);
            boolean later = refusing == null || policy.resetMillis() > refusing.resetMillis();
            if (later && violated.contains(policy.name())) {
                refusing = policy;
            }
            if (policy.name().equals(WindowPolicy.MINUTE)) {
                foremost = policy;
            }
        }
        return refusing == null ? foremost : refusing;
    }

    private static String epochSeconds(long millis) {
        return Long.toString(Math.floorDiv(millis + 999, 1_000L));
    }

    private static String limitField(List<LimitStatus> policies, boolean endless) {
        StringBuilder field = new StringBuilder(32 * policies.size());
        for (int i = 0; i < policies.size(); i++) {
            LimitStatus policy = policies.get(i);
            name(i == 0 ? field : field.append(", "), policy.name())
                    .append(";r=")
                    .append(policy.remaining());
            if (!endless) {
                field.append(";t=").append(policy.resetSeconds());
            }
        }
        return field.toString();
    }

    private String policyField(List<LimitStatus> policies) {
        int hash = hash(policies);
        PolicyField known = latest.get(hash);
        if (known == null || !known.isOf(policies)) {
            known = latest.put(hash, new PolicyField(policies));
        }
        return known.text;
    }

    private static int hash(List<LimitStatus> policies) {
        int hash = 0;
        for (int i = 0; i < policies.size(); i++) {
            LimitStatus policy = policies.get(i);
            hash = 31 * hash + policy.name().hashCode();
            hash = 31 * hash + Long.hashCode(policy.quota());
            hash = 31 * hash + Long.hashCode(policy.windowSeconds());
        }
        return hash;
    }

    /** Appends a structured field's string. Characters it cannot hold, which no policy's name has, become {@code ?}. */
    private static StringBuilder name(StringBuilder field, String name) {
        field.append('"');
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == '"' || c == '\\') {
                field.append('\\');
            }
            field.append(c < ' ' || c > '~' ? '?' : c);
        }
        return field.append('"');
    }

    /** The {@code RateLimit-Policy} field of one list of policies. */
    private static final class PolicyField {

        private final List<LimitStatus> policies;
        private final String text;

        PolicyField(List<LimitStatus> policies) {
            this.policies = List.copyOf(policies);
            StringBuilder field = new StringBuilder(32 * policies.size());
            for (int i = 0; i < policies.size(); i++) {
                LimitStatus policy = policies.get(i);
                name(i == 0 ? field : field.append(", "), policy.name())
                        .append(";q=")
                        .append(policy.quota())
                        .append(";w=")
                        .append(policy.windowSeconds());
            }
            this.text = field.toString();
        }

        /** Whether the policies are the same, wherever the caller stands with them. */
        boolean isOf(List<LimitStatus> others) {
            if (others.size() != policies.size()) {
                return false;
            }
            for (int i = 0; i < others.size(); i++) {
                LimitStatus mine = policies.get(i);
                LimitStatus other = others.get(i);
                if (mine.quota() != other.quota()
                        || mine.windowSeconds() != other.windowSeconds()
                        || !mine.name().equals(other.name())) {
                    return false;
                }
            }
            return true;
        }
    }
}
