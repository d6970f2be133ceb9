package dev.tollgate.redis.usage;

import dev.tollgate.core.usage.KeyUsage;
import dev.tollgate.core.usage.KeyUsage.ProviderDay;
import dev.tollgate.core.usage.PostedEvent;
import dev.tollgate.core.usage.PostedUsage;
import dev.tollgate.core.usage.UsageCells;
import dev.tollgate.core.usage.UsageEvent;
import dev.tollgate.redis.batch.Operation;
import dev.tollgate.redis.batch.Script;
import dev.tollgate.redis.batch.ScriptBatcher;
import dev.tollgate.redis.connection.RedisKeys;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * Posted usage in Redis. A batch is first charged to its caller's minute, then added.
 *
 * <p>One script adds a batch: it remembers the IDs and counts their events in one step. It runs again if some IDs are known,
 * and in parts if the counts go into many hashes. IDs are kept as digests for 30 hours, in one set per key and quarter of a UTC
 * day, {@code seen:{K}:<quarters since the epoch>}. Thread-safe; never blocks.
 */
public final class RedisPostedUsage implements PostedUsage {

    private static final Script EVENTS =
            Script.load(Operation.RECORDING, "usage/pending", "usage/adding", "usage/posted_events");
    private static final Script MARK = Script.load(Operation.RECORDING, "usage/changed_keys_add");
    private static final Script CHARGE = Script.load(Operation.RECORDING, "usage/posting_charge");
    /** The weight of a row, in fields: it goes into four hashes, and may be the first in three of them. */
    private static final int ROW_WEIGHT = 10;

    private static final int MAX_WEIGHT = 200;
    private static final String FULL = "full ";
    private static final String OVER = "over";
    private static final String ADDED = "added";
    private static final String KNOWN = "known ";

    private final ScriptBatcher batcher;
    private final RedisKeys keys;
    private final boolean cluster;
    private final Bounds bounds;
    private final Duration timeout;

    /**
     * The bounds beyond which batches are refused.
     *
     * @param idsPerQuarter IDs remembered per key and quarter of a day at most
     * @param cellsPerMinute cost of one caller's batches per minute at most, see {@link UsageCells}; at least
     *     {@value UsageCells#MAX_PER_BATCH}, so that any batch fits
     * @param unlimited accounts to which {@code cellsPerMinute} does not apply
     */
    public record Bounds(int idsPerQuarter, int cellsPerMinute, Set<String> unlimited) {
        public Bounds {
            unlimited = Set.copyOf(unlimited);
        }
    }

    /**
     * @param cluster whether keys with different hash tags may lie on different nodes
     * @param timeout the longest time to wait for a reply; after that the stage fails
     */
    public RedisPostedUsage(ScriptBatcher batcher, RedisKeys keys, boolean cluster, Bounds bounds, Duration timeout) {
        this.batcher = batcher;
        this.keys = keys;
        this.cluster = cluster;
        this.bounds = bounds;
        this.timeout = timeout;
    }

    @Override
    public CompletionStage<Receipt> take(String accountId, String keyId, List<PostedEvent> events) {
        Map<String, UsageEvent> fresh = new LinkedHashMap<>();
        for (PostedEvent event : events) {
            if (!event.usage().keyId().equals(keyId)) {
                throw new IllegalArgumentException("an event of another key");
            }
            fresh.putIfAbsent(event.identity(), event.usage());
        }
        int cells = UsageCells.of(events);
        return charge(accountId, cells)
                .thenCompose(wait -> wait > 0
                        ? CompletableFuture.<Receipt>completedFuture(
                                new TooManyCells(cells, bounds.cellsPerMinute(), wait))
                        : take(keyId, fresh, events))
                .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Charges the caller's minute. Returns 0, or, if the batch does not fit, the milliseconds until the minute ends. */
    private CompletableFuture<Long> charge(String accountId, int cells) {
        if (cells == 0 || bounds.unlimited().contains(accountId)) {
            return CompletableFuture.completedFuture(0L);
        }
        return batcher.call(
                        CHARGE,
                        List.of(keys.postedCells(accountId)),
                        Integer.toString(cells),
                        Integer.toString(bounds.cellsPerMinute()))
                .thenApply(wait -> wait.isEmpty() ? 0 : Math.max(1, Long.parseLong(wait)));
    }

    private CompletableFuture<Receipt> take(String keyId, Map<String, UsageEvent> fresh, List<PostedEvent> events) {
        Set<String> counted = new HashSet<>();
        return add(keyId, fresh, counted).thenApply(reply -> receipt(reply, events, counted));
    }

    /**
     * Adds the new events, part by part. Removes events from the map that were added or are known. Each attempt has fewer
     * events. A part takes at most two attempts, unless the same IDs are posted twice at the same time.
     */
    private CompletableFuture<String> add(String keyId, Map<String, UsageEvent> fresh, Set<String> counted) {
        if (fresh.isEmpty()) {
            return CompletableFuture.completedFuture(ADDED);
        }
        Set<String> part = part(fresh);
        List<String> ids = new ArrayList<>(part);
        fresh.keySet().stream().filter(id -> !part.contains(id)).forEach(ids::add);
        return send(keyId, arguments(keyId, fresh, ids, part.size(), counted.isEmpty()))
                .thenCompose(reply -> {
                    if (reply.equals(ADDED)) {
                        counted.addAll(part);
                        fresh.keySet().removeAll(part);
                    } else if (reply.startsWith(KNOWN)) {
                        for (int i = 0; i < ids.size(); i++) {
                            if (reply.charAt(KNOWN.length() + i) == '0') {
                                fresh.remove(ids.get(i));
                            }
                        }
                    } else {
                        return CompletableFuture.completedFuture(reply);
                    }
                    return add(keyId, fresh, counted);
                });
    }

    /**
     * Returns the IDs of the next part: as many events as one script adds in a few milliseconds. The cost is in hashes and
     * fields.
     */
    private static Set<String> part(Map<String, UsageEvent> fresh) {
        Map<ProviderDay, Set<String>> fields = new HashMap<>();
        Set<String> ids = new LinkedHashSet<>();
        int weight = 0;
        for (Map.Entry<String, UsageEvent> entry : fresh.entrySet()) {
            UsageEvent event = entry.getValue();
            Set<String> types = fields.get(new ProviderDay(event.provider(), event.day()));
            int more = types == null ? ROW_WEIGHT : 0;
            if (event.mediaType() != null && (types == null || !types.contains(event.mediaType()))) {
                more++;
            }
            if (weight + more <= MAX_WEIGHT) {
                weight += more;
                fields.computeIfAbsent(new ProviderDay(event.provider(), event.day()), at -> new HashSet<>())
                        .add(String.valueOf(event.mediaType()));
                ids.add(entry.getKey());
            }
        }
        return ids;
    }

    private CompletableFuture<String> send(String keyId, String[] arguments) {
        List<String> names = new ArrayList<>(List.of(keys.pending(keyId), keys.ledger(keyId)));
        if (cluster) {
            // The index of changed keys is on another node. Marking first means that no crash leaves unmarked usage.
            return batcher.call(MARK, List.of(keys.changed()), keyId)
                    .thenCompose(marked -> batcher.call(EVENTS, names, arguments));
        }
        names.add(keys.changed());
        return batcher.call(EVENTS, names, arguments);
    }

    private String[] arguments(String keyId, Map<String, UsageEvent> fresh, List<String> ids, int now, boolean first) {
        List<String> arguments = new ArrayList<>(ids.size() + 64);
        arguments.add(keys.prefix());
        arguments.add(keyId);
        arguments.add(first ? Integer.toString(bounds.idsPerQuarter()) : "");
        arguments.add(Integer.toString(ids.size()));
        arguments.add(Integer.toString(now));
        arguments.addAll(ids);
        KeyUsage.merged(ids.subList(0, now).stream().map(fresh::get).toList())
                .forEach((at, counts) -> RedisPendingUsage.addRow(arguments, at, counts));
        return arguments.toArray(String[]::new);
    }

    private static Receipt receipt(String reply, List<PostedEvent> events, Set<String> counted) {
        if (reply.startsWith(FULL)) {
            return new Full(Math.max(1, Long.parseLong(reply.substring(FULL.length()))));
        }
        if (reply.equals(OVER)) {
            return new Overflowing();
        }
        // The first of each new id was counted.
        return new Taken(
                events.stream().map(event -> counted.remove(event.identity())).toList());
    }
}
