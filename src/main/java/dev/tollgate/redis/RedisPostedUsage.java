package dev.tollgate.redis;

import dev.tollgate.usage.KeyUsage.ProviderDay;
import dev.tollgate.usage.PostedEvent;
import dev.tollgate.usage.PostedUsage;
import dev.tollgate.usage.UsageCounts;
import dev.tollgate.usage.UsageEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * Posted usage in Redis: one script per batch, which remembers ids and counts events in one step. Ids are kept as digests in
 * one set per key and quarter of a UTC day, {@code seen:{K}:<quarters since the epoch>}, for 30 hours. Thread-safe.
 */
public final class RedisPostedUsage implements PostedUsage {

    private static final Script EVENTS = Script.load("pending", "adding", "events");
    private static final Script MARK = Script.load("mark");
    private static final String FULL = "full ";
    private static final String OVER = "over";

    private final Flights flights;
    private final RedisKeys keys;
    private final boolean cluster;
    private final int idsPerQuarter;
    private final Duration patience;

    /**
     * @param flights how scripts travel
     * @param keys the keys' names
     * @param cluster whether keys with different hash tags may lie on different servers
     * @param idsPerQuarter how many ids are remembered per key and quarter day; what would be more is refused
     * @param patience the longest wait for an answer; then the stage fails
     */
    public RedisPostedUsage(Flights flights, RedisKeys keys, boolean cluster, int idsPerQuarter, Duration patience) {
        this.flights = flights;
        this.keys = keys;
        this.cluster = cluster;
        this.idsPerQuarter = idsPerQuarter;
        this.patience = patience;
    }

    @Override
    public CompletionStage<Receipt> take(String keyId, List<PostedEvent> events) {
        if (events.isEmpty()) {
            return CompletableFuture.completedFuture(new Taken(List.of()));
        }
        String[] arguments = arguments(keyId, events);
        List<String> names = new ArrayList<>(List.of(keys.pending(keyId), keys.ledger(keyId)));
        CompletableFuture<String> reply;
        if (cluster) {
            // The index of changed keys lies elsewhere: marked first, so that no crash leaves usage nobody looks for.
            reply = flights.call(MARK, List.of(keys.changed()), keyId)
                    .thenCompose(marked -> flights.call(EVENTS, names, arguments));
        } else {
            names.add(keys.changed());
            reply = flights.call(EVENTS, names, arguments);
        }
        return reply.orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS).thenApply(RedisPostedUsage::receipt);
    }

    private String[] arguments(String keyId, List<PostedEvent> events) {
        List<String> arguments = new ArrayList<>(events.size() * 12 + 4);
        arguments.add(keys.prefix());
        arguments.add(keyId);
        arguments.add(Integer.toString(idsPerQuarter));
        arguments.add(Integer.toString(events.size()));
        for (PostedEvent event : events) {
            UsageEvent usage = event.usage();
            if (!usage.keyId().equals(keyId)) {
                throw new IllegalArgumentException("an event of another key");
            }
            arguments.add(event.identity());
            RedisPendingUsage.addRow(arguments, new ProviderDay(usage.provider(), usage.day()), UsageCounts.of(usage));
        }
        return arguments.toArray(String[]::new);
    }

    private static Receipt receipt(String reply) {
        if (reply.startsWith(FULL)) {
            return new Full(Math.max(1, Long.parseLong(reply.substring(FULL.length()))));
        }
        if (reply.equals(OVER)) {
            return new Overflowing();
        }
        return new Taken(reply.chars().mapToObj(digit -> digit == '1').toList());
    }
}
