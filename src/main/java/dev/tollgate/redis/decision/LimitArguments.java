package dev.tollgate.redis.decision;

import dev.tollgate.core.limit.BillingMonth;
import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.core.limit.WindowPolicy;
import dev.tollgate.redis.connection.RedisKeys;
import java.util.List;

/** The keys and arguments that the gate's scripts have in common: a caller's windows, quota and month. */
final class LimitArguments {

    private LimitArguments() {}

    /** Adds the keys of the windows, and of the month's counter where the caller is an account. */
    static void addCounterKeys(List<String> names, RedisKeys keys, GateRequest request, BillingMonth month) {
        addCounterKeys(names, keys, request, request.windows(), request.caller().isAccount(), month);
    }

    /**
     * Adds the keys of some of a request's counters.
     *
     * @param windows those whose keys are added
     * @param counted whether the month's is
     */
    static void addCounterKeys(
            List<String> names,
            RedisKeys keys,
            GateRequest request,
            List<WindowPolicy> windows,
            boolean counted,
            BillingMonth month) {
        for (WindowPolicy window : windows) {
            names.add(keys.requests(request.caller(), window.scope()));
        }
        if (counted) {
            names.add(keys.quota(request.caller(), month));
        }
    }

    /** Adds limit and length of each window. */
    static void addWindows(List<String> words, List<WindowPolicy> windows) {
        for (WindowPolicy window : windows) {
            words.add(Long.toString(window.limit()));
            words.add(Long.toString(window.windowMillis()));
        }
    }

    /** Adds the quota, empty if there is none, and the month's start and end. */
    static void addQuota(List<String> words, GateRequest request, BillingMonth month) {
        words.add(
                request.monthlyQuota().isPresent()
                        ? Long.toString(request.monthlyQuota().getAsLong())
                        : "");
        words.add(Long.toString(month.startMillis()));
        words.add(Long.toString(month.endMillis()));
    }
}
