package dev.tollgate.redis.decision;

import dev.tollgate.core.limit.BillingMonth;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.QuotaCounters;
import dev.tollgate.redis.batch.EachKey;
import dev.tollgate.redis.batch.Flights;
import dev.tollgate.redis.batch.Purpose;
import dev.tollgate.redis.batch.Script;
import dev.tollgate.redis.connection.RedisKeys;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Reads the month counters that the gate's script charges. Thread-safe. */
public final class RedisQuotaCounters implements QuotaCounters {

    private static final Script USED = Script.load(Purpose.SETTLEMENT, "decision/quota_used");
    private static final Pattern COUNT = Pattern.compile("\\d{1,18}");

    private final Flights flights;
    private final RedisKeys keys;

    /**
     * @param flights how scripts travel
     * @param keys the keys' names
     */
    public RedisQuotaCounters(Flights flights, RedisKeys keys) {
        this.flights = flights;
        this.keys = keys;
    }

    @Override
    public Map<String, Long> used(Collection<String> accountIds, BillingMonth month) {
        Map<String, Long> used = new HashMap<>();
        EachKey.ask(accountIds, id -> flights.call(USED, List.of(keys.quota(Caller.account(id), month))))
                .forEach((id, text) -> {
                    if (COUNT.matcher(text).matches()) {
                        used.put(id, Long.parseLong(text));
                    }
                });
        return used;
    }
}
