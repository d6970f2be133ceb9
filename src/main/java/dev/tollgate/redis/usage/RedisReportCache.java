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
 * A cache of reports' settled parts in Redis, read together with the unsettled usage. All keys of one API key have the same
 * hash tag, so each read is one atomic script. Thread-safe; never blocks.
 */
public final class RedisReportCache implements ReportCache {

    /** The expiry of a settled part, unless a settlement deletes it before. */
    public static final Duration TTL = Duration.ofSeconds(60);

    /** Reports kept per key at most; beyond it, random ones are deleted. */
    public static final int MAX_PER_KEY = 200;

    private static final Script READ_WITH_PENDING =
            Script.load(Operation.REPORTS, "usage/pending", "usage/report_read");
    private static final Script FILL = Script.load(Operation.REPORTS, "usage/pending", "usage/report_write");
    private static final Script READ = Script.load(Operation.REPORTS, "usage/pending", "usage/pending_read");

    private final ScriptBatcher batcher;
    private final RedisKeys keys;
    private final long timeoutMillis;

    /**
     * @param timeout the longest time to wait for a reply; after that the stage fails
     */
    public RedisReportCache(ScriptBatcher batcher, RedisKeys keys, Duration timeout) {
        this.batcher = batcher;
        this.keys = keys;
        this.timeoutMillis = timeout.toMillis();
    }

    @Override
    public CompletionStage<Snapshot> read(String keyId, ReportQuery query) {
        return call(READ_WITH_PENDING, names(keyId, keys.report(keyId, query)), keys.prefix(), keyId)
                .thenApply(reply -> readCached(keyId, reply));
    }

    private static Snapshot readCached(String keyId, String reply) {
        int end = reply.indexOf('\n');
        Optional<SettledUsage> cached = end == 0 ? Optional.empty() : SettledUsageCodec.read(reply.substring(0, end));
        return new Snapshot(cached, PendingReplyParser.snapshot(keyId, reply.substring(end + 1)));
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
                        Long.toString(TTL.toMillis()),
                        Integer.toString(MAX_PER_KEY))
                .thenApply(reply -> PendingReplyParser.snapshot(keyId, reply));
    }

    @Override
    public CompletionStage<PendingSnapshot> unsettled(String keyId) {
        return call(READ, names(keyId), keys.prefix(), keyId)
                .thenApply(reply -> PendingReplyParser.snapshot(keyId, reply));
    }

    private CompletionStage<String> call(Script script, List<String> names, String... arguments) {
        // On the call's own future, so that a call that times out in the queue is not sent.
        return batcher.call(script, names, arguments)
                .orTimeout(timeoutMillis, TimeUnit.MILLISECONDS)
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(ErrorReplies.translate(failure)));
    }

    private List<String> names(String keyId, String... more) {
        List<String> names = new ArrayList<>(
                List.of(keys.pending(keyId), keys.claim(keyId), keys.settled(keyId), keys.claimMembers(keyId)));
        names.addAll(List.of(more));
        return names;
    }
}
