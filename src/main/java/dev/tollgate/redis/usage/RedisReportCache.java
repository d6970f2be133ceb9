package dev.tollgate.redis.usage;

import dev.tollgate.core.analytics.ReportCache;
import dev.tollgate.core.analytics.SettledUsage;
import dev.tollgate.core.analytics.query.ReportQuery;
import dev.tollgate.core.usage.PendingSnapshot;
import dev.tollgate.redis.batch.Operation;
import dev.tollgate.redis.batch.Script;
import dev.tollgate.redis.batch.ScriptBatcher;
import dev.tollgate.redis.connection.ErrorReplies;
import dev.tollgate.redis.connection.RedisKeys;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * Cached reports in Redis, beside the unsettled usage they are added to. All keys of one API key share its hash tag, so that
 * each look is one script and atomic. Thread-safe.
 */
public final class RedisReportCache implements ReportCache {

    /** How long a settled part is kept if no settlement drops it. */
    public static final Duration KEPT = Duration.ofSeconds(60);

    /** How many reports are kept per key; beyond that some are dropped at random. */
    public static final int KEPT_PER_KEY = 200;

    private static final Script LOOK = Script.load(Operation.REPORTS, "usage/pending", "usage/report_read");
    private static final Script FILL = Script.load(Operation.REPORTS, "usage/pending", "usage/report_write");
    private static final Script READ = Script.load(Operation.REPORTS, "usage/pending", "usage/pending_read");

    private final ScriptBatcher batcher;
    private final RedisKeys keys;
    private final long patienceMillis;

    /**
     * @param batcher how scripts travel
     * @param keys the keys' names
     * @param patience the longest wait for an answer; then the stage fails
     */
    public RedisReportCache(ScriptBatcher batcher, RedisKeys keys, Duration patience) {
        this.batcher = batcher;
        this.keys = keys;
        this.patienceMillis = patience.toMillis();
    }

    @Override
    public CompletionStage<Look> look(String keyId, ReportQuery query) {
        return call(LOOK, names(keyId, keys.report(keyId, query)), keys.prefix(), keyId)
                .thenApply(reply -> seen(keyId, reply));
    }

    private static Look seen(String keyId, String reply) {
        int end = reply.indexOf('\n');
        Optional<SettledUsage> cached = end == 0 ? Optional.empty() : SettledUsageCodec.read(reply.substring(0, end));
        return new Look(cached, PendingReplyParser.snapshot(keyId, reply.substring(end + 1)));
    }

    @Override
    public CompletionStage<PendingSnapshot> fill(String keyId, ReportQuery query, SettledUsage settled) {
        return call(
                        FILL,
                        names(keyId, keys.report(keyId, query), keys.reports(keyId)),
                        keys.prefix(),
                        keyId,
                        SettledUsageCodec.write(settled),
                        Long.toString(settled.batch()),
                        Long.toString(KEPT.toMillis()),
                        Integer.toString(KEPT_PER_KEY))
                .thenApply(reply -> PendingReplyParser.snapshot(keyId, reply));
    }

    @Override
    public CompletionStage<PendingSnapshot> unsettled(String keyId) {
        return call(READ, names(keyId), keys.prefix(), keyId)
                .thenApply(reply -> PendingReplyParser.snapshot(keyId, reply));
    }

    private CompletionStage<String> call(Script script, List<String> names, String... arguments) {
        // On the call's own future, so that a call given up while still in line is not sent at all.
        return batcher.call(script, names, arguments)
                .orTimeout(patienceMillis, TimeUnit.MILLISECONDS)
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(ErrorReplies.translate(failure)));
    }

    private List<String> names(String keyId, String... more) {
        List<String> names = new ArrayList<>(
                List.of(keys.pending(keyId), keys.claim(keyId), keys.settled(keyId), keys.claimMembers(keyId)));
        names.addAll(List.of(more));
        return names;
    }
}
