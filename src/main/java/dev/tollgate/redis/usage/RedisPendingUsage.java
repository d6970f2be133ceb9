package dev.tollgate.redis.usage;

import dev.tollgate.core.async.Failures;
import dev.tollgate.core.usage.ClaimedUsage;
import dev.tollgate.core.usage.KeyUsage.ProviderDay;
import dev.tollgate.core.usage.PendingSnapshot;
import dev.tollgate.core.usage.PendingUnavailableException;
import dev.tollgate.core.usage.PendingUsage;
import dev.tollgate.core.usage.UsageCounts;
import dev.tollgate.core.usage.UsageDelta;
import dev.tollgate.redis.batch.BulkCalls;
import dev.tollgate.redis.batch.Operation;
import dev.tollgate.redis.batch.Script;
import dev.tollgate.redis.batch.ScriptBatcher;
import dev.tollgate.redis.connection.RedisKeys;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.redisson.client.RedisException;

/**
 * Pending usage in Redis: per API key some hashes of counts, the set of their names, a claim and a ledger. All have one hash
 * tag, so each step is one script. docs/architecture.md describes them.
 *
 * <p>Thread-safe. {@link #record} and {@link #read} do not block; the steps of the settlement do.
 */
public final class RedisPendingUsage implements PendingUsage {

    private static final Script RECORD = Script.load(
            Operation.RECORDING,
            "usage/pending",
            "usage/adding",
            "usage/adding_known",
            "usage/adding_first",
            "usage/record");
    private static final Script CLAIM = Script.load(Operation.SETTLEMENT, "usage/pending", "usage/claim");
    private static final Script ACKNOWLEDGE = Script.load(Operation.SETTLEMENT, "usage/pending", "usage/acknowledge");
    private static final Script RENEW = Script.load(Operation.SETTLEMENT, "usage/pending", "usage/renew");
    private static final Script READ = Script.load(Operation.REPORTS, "usage/pending", "usage/pending_read");
    private static final Script LEDGER = Script.load(Operation.SETTLEMENT, "usage/pending", "usage/ledger");
    private static final Script RECOUNT = Script.load(Operation.SETTLEMENT, "usage/pending", "usage/recount");
    private static final Script CHANGED = Script.load(Operation.SETTLEMENT, "usage/changed_keys");
    private static final Script MARK = Script.load(Operation.RECORDING, "usage/changed_keys_add");
    private static final Script UNMARK = Script.load(Operation.SETTLEMENT, "usage/changed_keys_remove");

    /** The weight of one run of a script: a row counts 1, each file type in it 1 more. Takes Redis 1 ms, or 2 ms for new keys. */
    private static final int MAX_WEIGHT = 36;

    private static final String FAILED = "E ";

    private final ScriptBatcher batcher;
    private final RedisKeys keys;
    private final boolean oneSlot;

    /**
     * @param cluster whether keys with different hash tags may lie on different nodes
     */
    public RedisPendingUsage(ScriptBatcher batcher, RedisKeys keys, boolean cluster) {
        this.batcher = batcher;
        this.keys = keys;
        this.oneSlot = !cluster;
    }

    @Override
    public CompletionStage<Map<String, Throwable>> record(Collection<UsageDelta> recordings) {
        if (recordings.isEmpty()) {
            return CompletableFuture.completedFuture(Map.of());
        }
        if (oneSlot) {
            return recordMarked(recordings);
        }
        String[] ids = recordings.stream().map(UsageDelta::keyId).toArray(String[]::new);
        return batcher.call(MARK, List.of(keys.changed()), ids)
                .handle((marked, failure) -> failure)
                .thenCompose(failure -> {
                    if (failure == null) {
                        return recordMarked(recordings);
                    }
                    Map<String, Throwable> unconfirmed = new HashMap<>();
                    recordings.forEach(delta -> unconfirmed.put(delta.keyId(), failure));
                    return CompletableFuture.completedFuture(unconfirmed);
                });
    }

    private CompletableFuture<Map<String, Throwable>> recordMarked(Collection<UsageDelta> recordings) {
        Map<String, Throwable> unconfirmed = new ConcurrentHashMap<>();
        List<CompletableFuture<Void>> pendingRuns = new ArrayList<>();
        for (List<UsageDelta> run : runs(recordings)) {
            String[] names = run.stream()
                    .map(UsageDelta::keyId)
                    .flatMap(keyId -> Stream.of(keys.pending(keyId), keys.ledger(keyId)))
                    .toArray(String[]::new);
            pendingRuns.add(batcher.callForList(RECORD, withIndex(names), arguments(run))
                    .handle((replies, failure) -> {
                        for (int i = 0; i < run.size(); i++) {
                            Throwable cause = failure == null ? failure(replies.get(i)) : Failures.unwrap(failure);
                            if (cause != null) {
                                unconfirmed.put(run.get(i).keyId(), cause);
                            }
                        }
                        return null;
                    }));
        }
        return CompletableFuture.allOf(pendingRuns.toArray(CompletableFuture[]::new))
                .thenApply(all -> unconfirmed);
    }

    /**
     * Divides recordings into runs of limited weight; on a Cluster, each is a run, since the keys of a run must lie in one
     * slot.
     */
    private List<List<UsageDelta>> runs(Collection<UsageDelta> recordings) {
        List<List<UsageDelta>> runs = new ArrayList<>();
        List<UsageDelta> run = new ArrayList<>();
        int weight = 0;
        for (UsageDelta delta : recordings) {
            int more = delta.usage().values().stream()
                    .mapToInt(counts -> 1 + counts.fileTypes().size())
                    .sum();
            if (!run.isEmpty() && (!oneSlot || weight + more > MAX_WEIGHT)) {
                runs.add(run);
                run = new ArrayList<>();
                weight = 0;
            }
            run.add(delta);
            weight += more;
        }
        runs.add(run);
        return runs;
    }

    private static @Nullable Throwable failure(Object reply) {
        String text = reply.toString();
        return text.startsWith(FAILED) ? new RedisException(text.substring(FAILED.length())) : null;
    }

    private String[] arguments(List<UsageDelta> recordings) {
        List<String> arguments = new ArrayList<>();
        arguments.add(keys.prefix());
        for (UsageDelta delta : recordings) {
            arguments.add(delta.keyId());
            arguments.add(delta.source());
            arguments.add(Long.toString(delta.sequence()));
            arguments.add(Integer.toString(delta.usage().size()));
            delta.usage().forEach((at, counts) -> addRow(arguments, at, counts));
        }
        return arguments.toArray(String[]::new);
    }

    /** Appends a row in the form of {@code adding.lua}. */
    static void addRow(List<String> arguments, ProviderDay at, UsageCounts counts) {
        arguments.add(at.day().toString());
        arguments.add(at.provider());
        arguments.add(Long.toString(counts.totalRequests()));
        arguments.add(Long.toString(counts.successfulRequests()));
        arguments.add(Long.toString(counts.failedRequests()));
        arguments.add(Long.toString(counts.totalFiles()));
        arguments.add(Long.toString(counts.totalBytes()));
        arguments.add(Long.toString(counts.lastUsedAt()));
        arguments.add(Integer.toString(counts.fileTypes().size()));
        counts.fileTypes().forEach((type, files) -> {
            arguments.add(type);
            arguments.add(Long.toString(files));
        });
    }

    @Override
    public CompletionStage<PendingSnapshot> read(String keyId) {
        List<String> names =
                List.of(keys.pending(keyId), keys.claim(keyId), keys.settled(keyId), keys.claimMembers(keyId));
        return batcher.call(READ, names, keys.prefix(), keyId)
                .thenApply(reply -> PendingReplyParser.snapshot(keyId, reply));
    }

    @Override
    public List<String> changedKeys(int skip, int max) {
        try {
            return batcher
                    .callForList(CHANGED, List.of(keys.changed()), Integer.toString(skip), Integer.toString(max))
                    .join()
                    .stream()
                    .map(String.class::cast)
                    .toList();
        } catch (CompletionException e) {
            throw new PendingUnavailableException(Failures.unwrap(e));
        }
    }

    @Override
    public Claims claim(Collection<String> keyIds, long batchId) {
        String batch = Long.toString(batchId);
        Map<String, String> replies = BulkCalls.callForEach(keyIds, keyId -> {
            List<String> names = withIndex(
                    keys.pending(keyId),
                    keys.claim(keyId),
                    keys.settled(keyId),
                    keys.ledger(keyId),
                    keys.claimMembers(keyId));
            return batcher.call(CLAIM, names, keys.prefix(), keyId, batch);
        });
        List<ClaimedUsage> claims = new ArrayList<>(replies.size());
        List<String> nothing = new ArrayList<>();
        int failed = keyIds.size() - replies.size();
        long refusedBy = 0;
        for (Map.Entry<String, String> entry : replies.entrySet()) {
            String reply = entry.getValue();
            if (reply.isEmpty()) {
                nothing.add(entry.getKey());
            } else if (PendingReplyParser.isRefusal(reply)) {
                refusedBy = Math.max(refusedBy, PendingReplyParser.refusedBy(reply));
            } else {
                try {
                    claims.add(PendingReplyParser.claim(entry.getKey(), reply));
                } catch (RuntimeException e) {
                    failed++;
                }
            }
        }
        if (!oneSlot && !nothing.isEmpty()) {
            // A mark that is not removed costs one read; the next settlement removes it.
            batcher.call(UNMARK, List.of(keys.changed()), nothing.toArray(String[]::new));
        }
        return new Claims(claims, failed, refusedBy);
    }

    @Override
    public int acknowledge(Collection<ClaimedUsage> applied) {
        Map<String, ClaimedUsage> claims = new LinkedHashMap<>();
        applied.forEach(claim -> claims.put(claim.keyId(), claim));
        if (claims.isEmpty()) {
            return 0;
        }
        return BulkCalls.callForEach(claims.keySet(), keyId -> {
                    ClaimedUsage claim = Objects.requireNonNull(claims.get(keyId));
                    List<String> names = withIndex(
                            keys.pending(keyId),
                            keys.claim(keyId),
                            keys.settled(keyId),
                            keys.ledger(keyId),
                            keys.claimMembers(keyId),
                            keys.reports(keyId));
                    return batcher.call(
                            ACKNOWLEDGE,
                            names,
                            keys.prefix(),
                            keyId,
                            Long.toString(claim.batchId()),
                            Long.toString(claim.mark().epoch()),
                            Long.toString(claim.mark().takenAfter()));
                })
                .size();
    }

    @Override
    public void renew(Collection<String> keyIds) {
        BulkCalls.callForEach(keyIds, keyId -> {
            List<String> names = withIndex(
                    keys.pending(keyId),
                    keys.claim(keyId),
                    keys.settled(keyId),
                    keys.ledger(keyId),
                    keys.claimMembers(keyId));
            return batcher.call(RENEW, names, keys.prefix(), keyId);
        });
    }

    @Override
    public void recount(String keyId) {
        BulkCalls.callForEach(
                List.of(keyId),
                id -> batcher.call(RECOUNT, List.of(keys.claim(id), keys.ledger(id)), keys.prefix(), id));
    }

    @Override
    public Map<String, KeyLedger> ledgers(Collection<String> keyIds) {
        Map<String, KeyLedger> ledgers = new HashMap<>();
        BulkCalls.callForEach(keyIds, keyId -> {
                    List<String> names = List.of(keys.claim(keyId), keys.settled(keyId), keys.ledger(keyId));
                    return batcher.callForList(LEDGER, names, keys.prefix(), keyId);
                })
                .forEach((keyId, reply) -> ledgers.put(keyId, PendingReplyParser.ledger(reply)));
        return ledgers;
    }

    private List<String> withIndex(String... names) {
        List<String> all = new ArrayList<>(List.of(names));
        if (oneSlot) {
            all.add(keys.changed());
        }
        return all;
    }
}
