package dev.tollgate.redis.decision;

import dev.tollgate.core.limit.BillingMonth;
import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.core.limit.LimitStatus;
import dev.tollgate.core.limit.WindowPolicy;
import dev.tollgate.redis.connection.RedisKeys;
import java.util.ArrayList;
import java.util.List;

/**
 * The keys and arguments of one run of {@code refund.lua}. The comment of the script describes both.
 *
 * @param request the request that was charged
 * @param windows the windows that get units back
 * @param counted whether the month does
 * @param units units that go back
 * @param atMillis when it was decided, milliseconds since the epoch on Redis's clock
 */
record RefundCall(GateRequest request, List<WindowPolicy> windows, boolean counted, int units, long atMillis) {

    /** Returns the call for what {@link dev.tollgate.core.limit.GateStore#refund} is given. */
    static RefundCall of(GateRequest request, List<String> uncharged, int units, long atMillis) {
        List<WindowPolicy> windows = request.windows().stream()
                .filter(window -> !uncharged.contains(window.name()))
                .toList();
        boolean counted = request.caller().isAccount() && !uncharged.contains(LimitStatus.MONTH);
        return new RefundCall(request, windows, counted, units, atMillis);
    }

    /** Returns the keys; empty if there is nothing to give back. */
    List<String> keys(RedisKeys keys) {
        List<String> names = new ArrayList<>(1 + windows.size());
        LimitArguments.addCounterKeys(names, keys, request, windows, counted, BillingMonth.at(atMillis));
        return names;
    }

    String[] arguments() {
        List<String> words = new ArrayList<>(3 + 2 * windows.size());
        words.add(Integer.toString(windows.size()));
        words.add(Integer.toString(units));
        words.add(Long.toString(atMillis));
        LimitArguments.addWindows(words, windows);
        return words.toArray(String[]::new);
    }
}
