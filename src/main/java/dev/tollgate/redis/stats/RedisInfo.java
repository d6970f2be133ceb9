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

/** What the Redis server says of itself; of a Cluster, one of its servers. Thread-safe; blocks. */
public final class RedisInfo {

    private static final Script INFO = Script.load(Operation.WATCH, "stats/info");

    /**
     * What it said. What it may not tell (an ACL can forbid INFO) is empty.
     *
     * @param version e.g. {@code 6.2.11}
     * @param release the same with its maker's name, of a Valkey its own
     * @param usedMemoryBytes memory in use
     * @param maxMemoryBytes its bound; 0 for none
     * @param connectedClients connections
     * @param opsPerSecond commands per second of late, those of scripts among them
     * @param uptimeSeconds since its start
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
    private final Duration patience;

    /**
     * @param batcher how scripts travel
     * @param keys the keys' names
     * @param patience the longest wait for an answer
     */
    public RedisInfo(ScriptBatcher batcher, RedisKeys keys, Duration patience) {
        this.batcher = batcher;
        this.keys = keys;
        this.patience = patience;
    }

    /** Asks; empty if Redis does not answer in time. */
    public Optional<Info> info() {
        try {
            String reply = batcher.call(INFO, List.of(keys.edition()))
                    .orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
                    .join();
            return Optional.of(read(reply));
        } catch (CompletionException e) {
            return Optional.empty();
        }
    }

    private static Info read(String reply) {
        Map<String, String> said = new HashMap<>();
        for (String line : reply.split("\r?\n")) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                said.put(line.substring(0, colon), line.substring(colon + 1));
            }
        }
        return new Info(
                Optional.ofNullable(said.get("redis_version")),
                ServerRelease.of(said),
                number(said, "used_memory"),
                number(said, "maxmemory"),
                number(said, "connected_clients"),
                number(said, "instantaneous_ops_per_sec"),
                number(said, "uptime_in_seconds"));
    }

    private static OptionalLong number(Map<String, String> said, String name) {
        String value = said.getOrDefault(name, "");
        return value.matches("[0-9]{1,18}") ? OptionalLong.of(Long.parseLong(value)) : OptionalLong.empty();
    }
}
