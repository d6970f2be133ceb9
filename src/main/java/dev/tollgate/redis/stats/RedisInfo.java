package dev.tollgate.redis.stats;

import dev.tollgate.redis.batch.Operation;
import dev.tollgate.redis.batch.Script;
import dev.tollgate.redis.batch.ScriptBatcher;
import dev.tollgate.redis.connection.RedisKeys;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/** A reader of {@code INFO}: what the Redis server reports about itself. On a Cluster it asks one node. Thread-safe; blocks. */
public final class RedisInfo {

    private static final Script INFO = Script.load(Operation.WATCH, "stats/info");

    /**
     * The reported values. Values are empty if an ACL forbids {@code INFO}.
     *
     * @param version e.g. {@code 6.2.11}
     * @param release name and version; on Valkey its own version
     * @param usedMemoryBytes memory in use
     * @param maxMemoryBytes {@code maxmemory}; 0 for no bound
     * @param connectedClients connections of clients
     * @param opsPerSecond commands per second at present, those within scripts included
     * @param uptimeSeconds time since the server's start
     */
    public record Info(
            Optional<String> version,
            Optional<ServerRelease> release,
            OptionalLong usedMemoryBytes,
            OptionalLong maxMemoryBytes,
            OptionalLong connectedClients,
            OptionalLong opsPerSecond,
            OptionalLong uptimeSeconds) {}

    private final ScriptBatcher batcher;
    private final RedisKeys keys;
    private final Duration timeout;

    /**
     * @param timeout the longest time to wait for a reply
     */
    public RedisInfo(ScriptBatcher batcher, RedisKeys keys, Duration timeout) {
        this.batcher = batcher;
        this.keys = keys;
        this.timeout = timeout;
    }

    /** Reads the values; empty if Redis does not reply in time. */
    public Optional<Info> info() {
        try {
            String reply = batcher.call(INFO, List.of(keys.edition()))
                    .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                    .join();
            return Optional.of(read(reply));
        } catch (CompletionException e) {
            return Optional.empty();
        }
    }

    private static Info read(String reply) {
        Map<String, String> values = new HashMap<>();
        for (String line : reply.split("\r?\n")) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                values.put(line.substring(0, colon), line.substring(colon + 1));
            }
        }
        return new Info(
                Optional.ofNullable(values.get("redis_version")),
                ServerRelease.of(values),
                number(values, "used_memory"),
                number(values, "maxmemory"),
                number(values, "connected_clients"),
                number(values, "instantaneous_ops_per_sec"),
                number(values, "uptime_in_seconds"));
    }

    private static OptionalLong number(Map<String, String> values, String name) {
        String value = values.getOrDefault(name, "");
        return value.matches("[0-9]{1,18}") ? OptionalLong.of(Long.parseLong(value)) : OptionalLong.empty();
    }
}
