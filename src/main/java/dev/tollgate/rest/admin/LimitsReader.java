package dev.tollgate.rest.admin;

import dev.tollgate.core.account.Tiers;
import dev.tollgate.core.limit.Tier;
import dev.tollgate.core.limit.WindowPolicy;
import dev.tollgate.rest.support.JsonObjectReader;
import dev.tollgate.rest.support.TextValidation;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** A reader of the limits of tiers and accounts in administrators' requests, and their form in answers and in the audit trail. */
final class LimitsReader {

    static final String WINDOWS = "windows";
    static final String WINDOW_LIMIT = "windowLimit";
    static final String QUOTA = "monthlyQuota";

    private static final int MAX_NAME = 50;
    private static final long DAY_SECONDS = 86_400;

    private LimitsReader() {}

    /**
     * A window of a tier or an account.
     *
     * @param name its name in the {@code RateLimit} fields
     * @param limit cost units within its length
     * @param seconds its length, 1 to 86400
     */
    public record WindowView(String name, long limit, long seconds) {

        static List<WindowView> of(List<WindowPolicy> windows) {
            return windows.stream()
                    .map(window -> new WindowView(window.name(), window.limit(), window.windowMillis() / 1_000))
                    .toList();
        }
    }

    /**
     * The windows of a tier: {@code windows}, or {@code windowLimit} as the short form of one minute. One must be there, if
     * only as null.
     */
    static List<WindowPolicy> windowsOfTier(JsonObjectReader members) {
        boolean shortForm = members.has(WINDOW_LIMIT);
        if (!members.has(WINDOWS)) {
            return Tier.windowsOf(limit(members, WINDOW_LIMIT));
        }
        List<WindowPolicy> windows = windows(members);
        if (shortForm) {
            checkShortForm(members.number(WINDOW_LIMIT, Tier.MAX_LIMIT), windows);
        }
        return windows;
    }

    /** Refuses a short form that says something else than the windows beside it. */
    static void checkShortForm(OptionalLong windowLimit, List<WindowPolicy> windows) {
        if (!windowLimit.equals(new Tier("read", windows, OptionalLong.empty()).windowLimit())) {
            throw TextValidation.bad(
                    WINDOW_LIMIT,
                    "is not the limit of the window of 60 seconds; give windows or windowLimit, not both");
        }
    }

    /** The member {@code windows}: up to four objects, shortest first in what is returned. */
    static List<WindowPolicy> windows(JsonObjectReader members) {
        List<WindowPolicy> windows = new ArrayList<>();
        for (JsonObjectReader window : members.objects(WINDOWS, Tier.MAX_WINDOWS)) {
            String where = WINDOWS + "[" + windows.size() + "].name";
            String name = window.text("name", MAX_NAME);
            long limit = window.requiredNumber("limit", 0, Tier.MAX_LIMIT);
            long seconds = window.requiredNumber("seconds", 1, DAY_SECONDS);
            window.end();
            WindowPolicy read = WindowPolicy.ofTier(name, limit, seconds);
            if (!Tiers.NAME.matcher(name).matches()) {
                throw TextValidation.bad(
                        where, "must be 1 to 50 of a-z, 0-9, '-' and '_', and start with a letter or digit");
            }
            boolean minute = read.windowMillis() == WindowPolicy.MINUTE_MILLIS;
            if (minute != name.equals(WindowPolicy.MINUTE)) {
                throw TextValidation.bad(where, "must be minute for the window of 60 seconds, and for no other");
            }
            if (!minute && WindowPolicy.RESERVED_NAMES.contains(name)) {
                throw TextValidation.bad(where, "must be another: " + name + " is a name of Tollgate's own");
            }
            windows.add(read);
        }
        try {
            return Tier.ordered(windows);
        } catch (IllegalArgumentException e) {
            throw TextValidation.bad(WINDOWS, "must not contradict each other: " + e.getMessage());
        }
    }

    /** A limit that must be there, if only as null: a forgotten one must not mean "unlimited". */
    static OptionalLong limit(JsonObjectReader members, String name) {
        if (!members.has(name)) {
            throw TextValidation.bad(name, "is missing; give a number, or null for unlimited");
        }
        return members.number(name, Tier.MAX_LIMIT);
    }

    /** Windows as the audit trail has them, e.g. {@code 20 in 1 s, 100 in 60 s}. */
    static String shown(List<WindowPolicy> windows) {
        StringBuilder text = new StringBuilder();
        for (WindowPolicy window : windows) {
            text.append(text.isEmpty() ? "" : ", ")
                    .append(window.limit())
                    .append(" in ")
                    .append(window.windowMillis() / 1_000)
                    .append(" s");
        }
        return text.isEmpty() ? "unlimited" : text.toString();
    }

    /** A limit as the audit trail has it. */
    static String shown(OptionalLong limit) {
        return limit.isPresent() ? Long.toString(limit.getAsLong()) : "unlimited";
    }
}
