package dev.tollgate.redis.decision;

import dev.tollgate.core.ledger.QuotaCounters;
import dev.tollgate.core.limit.BillingMonth;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.redis.batch.BulkCalls;
import dev.tollgate.redis.batch.Operation;
import dev.tollgate.redis.batch.Script;
import dev.tollgate.redis.batch.ScriptBatcher;
import dev.tollgate.redis.connection.RedisKeys;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** A reader of the month counters that {@code gate.lua} charges. A counter that is no number is left out. Thread-safe; blocks. */
public final class RedisQuotaCounters implements QuotaCounters {

    private static final Script USED = Script.load(Operation.SETTLEMENT, "decision/quota_used");
    private static final Pattern COUNT = Pattern.compile("\\d{1,18}");

    private final ScriptBatcher batcher;
    private final RedisKeys keys;

    public RedisQuotaCounters(ScriptBatcher batcher, RedisKeys keys) {
        this.batcher = batcher;
        this.keys = keys;
    }

    @Override
    public Map<String, Long> used(Collection<String> accountIds, BillingMonth month) {
        Map<String, Long> used = new HashMap<>();
        BulkCalls.callForEach(accountIds, id -> batcher.call(USED, List.of(keys.quota(Caller.account(id), month))))
                .forEach((id, text) -> {
                    if (COUNT.matcher(text).matches()) {
                        used.put(id, Long.parseLong(text));
                    }
                });
        return used;
    }
}
