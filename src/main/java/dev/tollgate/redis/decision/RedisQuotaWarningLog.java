package dev.tollgate.redis.decision;

import dev.tollgate.core.audit.QuotaWarningLog;
import dev.tollgate.core.limit.BillingMonth;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.redis.batch.Operation;
import dev.tollgate.redis.batch.Script;
import dev.tollgate.redis.batch.ScriptBatcher;
import dev.tollgate.redis.connection.RedisKeys;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** A memory of quota warnings in Redis: a small set for an account and month, kept for forty days. Thread-safe. */
public final class RedisQuotaWarningLog implements QuotaWarningLog {

    private static final Script MARK = Script.load(Operation.RECORDING, "decision/quota_warning");
    /** Longer than a month, so that the memory lasts as long as the month does. */
    private static final String KEPT_MILLIS = Long.toString(Duration.ofDays(40).toMillis());

    private final ScriptBatcher batcher;
    private final RedisKeys keys;

    /** Creates the memory over a batcher of background calls. */
    public RedisQuotaWarningLog(ScriptBatcher batcher, RedisKeys keys) {
        this.batcher = batcher;
        this.keys = keys;
    }

    @Override
    public CompletionStage<Boolean> markGiven(Caller caller, BillingMonth month, int percent, long quota) {
        return batcher.call(MARK, List.of(keys.quotaWarnings(caller, month)), percent + ":" + quota, KEPT_MILLIS)
                .thenApply("1"::equals);
    }
}
