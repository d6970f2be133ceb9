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
 * Posted usage in Redis: a batch is charged to its caller's minute, then added by one script, more if some of its ids are known
 * or its counts go into many hashes. Each remembers ids and counts their events in one step. Ids are kept as digests in
 * one set per key and quarter of a UTC day, {@code seen:{K}:<quarters since the epoch>}, for 30 hours. Thread-safe.
 */
public final class RedisPostedUsage implements PostedUsage {

    private static final Script EVENTS =
            Script.load(Operation.RECORDING, "usage/pending", "usage/adding", "usage/posted_events");
    private static final Script MARK = Script.load(Operation.RECORDING, "usage/changed_keys_add");
    private static final Script BOUND = Script.load(Operation.RECORDING, "usage/posting_charge");
    /** A row's own weight in fields: it goes into four hashes, three of which it may be the first in. */
    private static final int ROW_WEIGHT = 10;

    private static final int MOST_WEIGHT = 200;
    private static final String FULL = "full ";
    private static final String OVER = "over";
    private static final String ADDED = "added";
    private static final String KNOWN = "known ";

    private final ScriptBatcher batcher;
    private final RedisKeys keys;
    private final boolean cluster;
    private final Bounds bounds;
    private final Duration patience;

    /**
     * What is refused.
     *
     * @param idsPerQuarter how many ids are remembered per key and quarter day; what would be more is refused
     * @param cellsPerMinute what the batches of one caller cost within a minute at most, see {@link UsageCells}; at least
     *     {@value UsageCells#MAX_PER_BATCH}, so that any batch fits
     * @param unlimited accounts to which {@code cellsPerMinute} does not apply
     */
    public record Bounds(int idsPerQuarter, int cellsPerMinute, Set<String> unlimited) {
        public Bounds {
            unlimited = Set.copyOf(unlimited);
        }
    }

    /**
     * @param batcher how scripts travel
     * @param keys the keys' names
     * @param cluster whether keys with different hash tags may lie on different servers
     * @param bounds what is refused
     * @param patience the longest wait for an answer; then the stage fails
     */
    public RedisPostedUsage(ScriptBatcher batcher, RedisKeys keys, boolean cluster, Bounds bounds, Duration patience) {
        this.batcher = batcher;
        this.keys = keys;
        this.cluster = cluster;
        this.bounds = bounds;
        this.patience = patience;
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
                .orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Charges the caller's minute; answers 0, or in how many milliseconds it is over if the batch does not fit. */
    private CompletableFuture<Long> charge(String accountId, int cells) {
        if (cells == 0 || bounds.unlimited().contains(accountId)) {
            return CompletableFuture.completedFuture(0L);
        }
        return batcher.call(
                        BOUND,
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
     * Adds those that are new, part by part. Takes out of the map what is done with: added, or known before. Each attempt has fewer
     * of them; a second one is all a part takes unless the same ids are posted twice at this very moment.
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

    /** The ids of as many events as one script adds in a few milliseconds: what costs are hashes, and fields of them. */
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
            if (weight + more <= MOST_WEIGHT) {
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
            // The index of changed keys lies elsewhere: marked first, so that no crash leaves usage nobody looks for.
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
