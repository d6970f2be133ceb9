package dev.tollgate.core.problem;

import dev.tollgate.core.limit.Ban;
import dev.tollgate.core.limit.BanLadder;
import dev.tollgate.core.limit.Decision;
import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.core.limit.LimitStatus;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The problems that come from a decision: a caller is over a window, over its monthly quota, or banned.
 * All numbers come from the decision, so that body and header fields agree. Times are ISO 8601 in UTC.
 */
public final class Refusal {

    /** The draft's type for requests over a quota policy. */
    static final String QUOTA_EXCEEDED = "https://iana.org/assignments/http-problem-types#quota-exceeded";

    /** The draft's type for a pattern of requests that looks like abuse. */
    static final String ABNORMAL_USAGE = "https://iana.org/assignments/http-problem-types#abnormal-usage-detected";

    private Refusal() {}

    /**
     * Returns the problem of a refusal.
     *
     * @param decision a decision that is no admission
     * @param request what was decided on: its cost, and the ladder that says how far the next ban is
     * @throws IllegalArgumentException if the decision admits the request
     */
    public static Problem of(Decision decision, GateRequest request) {
        return switch (decision.outcome()) {
            case RATE_LIMITED -> rateLimited(decision, request.ladder());
            case QUOTA_EXCEEDED -> quotaExceeded(decision);
            case COST_EXCEEDS_LIMIT -> costExceedsLimit(decision, request.cost());
            case BANNED -> banned(decision.ban().orElseThrow(), decision.atMillis());
            case ADMITTED -> throw new IllegalArgumentException("an admission is no problem");
        };
    }

    /**
     * Returns the code of the problem of a refusal.
     *
     * @throws IllegalArgumentException for an admission
     */
    public static String code(Decision.Outcome outcome) {
        return switch (outcome) {
            case RATE_LIMITED -> "RATE_LIMIT_EXCEEDED";
            case QUOTA_EXCEEDED -> "QUOTA_EXCEEDED";
            case COST_EXCEEDS_LIMIT -> "COST_EXCEEDS_LIMIT";
            case BANNED -> "BANNED";
            case ADMITTED -> throw new IllegalArgumentException("an admission is no problem");
        };
    }

    /** Returns the HTTP status code of the problem of a refusal. */
    public static int status(Decision decision) {
        boolean forGood = decision.outcome() == Decision.Outcome.COST_EXCEEDS_LIMIT
                || decision.ban().map(ban -> ban.expiresAt().isEmpty()).orElse(false);
        return forGood ? 403 : 429;
    }

    /**
     * Returns the name of the limit that a refusal is about: of those that refused, the one that frees up last, or the smallest
     * one if the cost is above it.
     *
     * @param cost the cost units of the request
     * @return null if no limit refused, as for a ban
     */
    public static @Nullable String policy(Decision decision, int cost) {
        if (decision.outcome() == Decision.Outcome.COST_EXCEEDS_LIMIT) {
            return tooSmall(decision, cost)
                    .min(Comparator.comparingLong(LimitStatus::quota))
                    .map(LimitStatus::name)
                    .orElse(null);
        }
        LimitStatus last = lastToFree(decision);
        return last == null ? null : last.name();
    }

    private static Problem rateLimited(Decision decision, BanLadder ladder) {
        LimitStatus policy = governing(decision);
        long wait = waitSeconds(policy);
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("limit", policy.quota());
        members.put("current", policy.quota() - policy.remaining());
        String warning = "";
        if (decision.violations().isPresent()) {
            int violations = decision.violations().getAsInt();
            int untilBan = ladder.untilBan(violations);
            members.put("violations", violations);
            members.put("violationsUntilBan", untilBan < 0 ? null : untilBan);
            warning = untilBan < 0 ? "" : "; " + counted(untilBan, "more violation") + " will bring a ban";
        } else {
            members.put("violations", null);
            members.put("violationsUntilBan", null);
        }
        members.put("violated-policies", decision.violated());
        String detail = "The limit of " + policy.quota() + " per " + counted(policy.windowSeconds(), "second")
                + " is used up; try again in " + counted(wait, "second") + warning + ".";
        return Problem.of(429, code(decision.outcome()), detail)
                .type(QUOTA_EXCEEDED, "Quota Exceeded")
                .members(members)
                .retryAfter(wait)
                .build();
    }

    private static Problem quotaExceeded(Decision decision) {
        LimitStatus policy = governing(decision);
        String resetsAt =
                Instant.ofEpochMilli(decision.atMillis() + policy.resetMillis()).toString();
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("limit", policy.quota());
        members.put("used", policy.quota() - policy.remaining());
        members.put("resetsAt", resetsAt);
        members.put("violated-policies", decision.violated());
        String detail = "The month's quota of " + policy.quota() + " is used up. The next one begins at " + resetsAt
                + ". Wait until then, or ask the operator for a larger tier.";
        return Problem.of(429, code(decision.outcome()), detail)
                .type(QUOTA_EXCEEDED, "Quota Exceeded")
                .members(members)
                .retryAfter(waitSeconds(policy))
                .build();
    }

    /** 403 without {@code Retry-After}: waiting does not help. A cost of at most {@code limit} fits all policies at some time. */
    private static Problem costExceedsLimit(Decision decision, int cost) {
        List<LimitStatus> tooSmall = tooSmall(decision, cost).toList();
        LimitStatus smallest = tooSmall.stream()
                .min(Comparator.comparingLong(LimitStatus::quota))
                .orElseThrow();
        String length =
                smallest.name().equals(LimitStatus.MONTH) ? "a month" : counted(smallest.windowSeconds(), "second");
        String detail = "This request costs " + counted(cost, "unit") + ", and the policy " + smallest.name()
                + " allows " + counted(smallest.quota(), "unit") + " in " + length
                + " altogether. Waiting does not help:"
                + " ask for less at once, or ask the operator for a larger limit.";
        return Problem.of(403, code(decision.outcome()), detail)
                .member("policy", smallest.name())
                .member("limit", smallest.quota())
                .member("cost", cost)
                .member(
                        "violated-policies",
                        tooSmall.stream().map(LimitStatus::name).toList())
                .build();
    }

    /**
     * Returns the problem of a banned caller: 429 while the ban will end, 403 if it is permanent.
     *
     * @param nowMillis the present on the clock of the ban, milliseconds since the epoch
     */
    public static Problem banned(Ban ban, long nowMillis) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("level", ban.level().label());
        members.put("reason", ban.reason());
        members.put("bannedAt", Instant.ofEpochMilli(ban.bannedAt()).toString());
        if (ban.expiresAt().isEmpty()) {
            return banned(403, "This caller is banned permanently. Ask the operator to lift the ban.", members)
                    .build();
        }
        String expiresAt = Instant.ofEpochMilli(ban.expiresAt().getAsLong()).toString();
        long remaining = ban.remainingSeconds(nowMillis);
        members.put("expiresAt", expiresAt);
        members.put("remainingSeconds", remaining);
        return banned(
                        429,
                        "This caller is banned until " + expiresAt + ". Try again in " + counted(remaining, "second")
                                + ".",
                        members)
                .retryAfter(remaining)
                .build();
    }

    private static Problem.Builder banned(int status, String detail, Map<String, @Nullable Object> ban) {
        return Problem.of(status, code(Decision.Outcome.BANNED), detail)
                .type(ABNORMAL_USAGE, "Abnormal Usage Detected")
                .member("ban", ban);
    }

    private static Stream<LimitStatus> tooSmall(Decision decision, int cost) {
        return decision.policies().stream().filter(policy -> policy.quota() < cost);
    }

    private static LimitStatus governing(Decision decision) {
        LimitStatus last = lastToFree(decision);
        if (last == null) {
            throw new IllegalArgumentException("a refusal names the policies that refuse");
        }
        return last;
    }

    /** Of the policies that refused the request, the one that frees up last: until then a repetition is refused again. */
    private static @Nullable LimitStatus lastToFree(Decision decision) {
        LimitStatus last = null;
        for (LimitStatus policy : decision.policies()) {
            boolean violated = decision.violated().contains(policy.name());
            if (violated && (last == null || policy.resetMillis() > last.resetMillis())) {
                last = policy;
            }
        }
        return last;
    }

    private static long waitSeconds(LimitStatus policy) {
        return Math.max(1, policy.resetSeconds());
    }

    private static String counted(long number, String thing) {
        return number + " " + thing + (number == 1 ? "" : "s");
    }
}
