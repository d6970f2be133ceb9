package dev.tollgate.redis.decision;

import dev.tollgate.core.limit.BillingMonth;
import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.redis.connection.RedisKeys;
import java.util.ArrayList;
import java.util.List;

/**
 * The keys and arguments of one run of {@code refund.lua}. The comment of the script describes both.
 *
 * @param request the request that was charged
 * @param units units that go back
 * @param atMillis when it was admitted, milliseconds since the epoch on Redis's clock
 */
record RefundCall(GateRequest request, int units, long atMillis) {

    /** Returns the keys; empty if nothing limits or counts the caller. */
    List<String> keys(RedisKeys keys) {
        List<String> names = new ArrayList<>(1 + request.windows().size());
        LimitArguments.addCounterKeys(names, keys, request, BillingMonth.at(atMillis));
        return names;
    }

    String[] arguments() {
        List<String> words = new ArrayList<>(3 + 2 * request.windows().size());
        words.add(Integer.toString(request.windows().size()));
        words.add(Integer.toString(units));
        words.add(Long.toString(atMillis));
        LimitArguments.addWindows(words, request);
        return words.toArray(String[]::new);
    }
}
