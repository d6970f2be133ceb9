package dev.tollgate.redis.usage;

import dev.tollgate.redis.batch.Operation;
import dev.tollgate.redis.batch.Script;
import dev.tollgate.redis.batch.ScriptBatcher;
import dev.tollgate.redis.connection.RedisKeys;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/**
 * A reader of the settlement's backlog: the number and age of API keys with pending usage, by one cheap command. Thread-safe;
 * blocks.
 */
public final class SettlementBacklog {

    private static final Script BACKLOG = Script.load(Operation.WATCH, "usage/backlog");

    private final ScriptBatcher batcher;
    private final RedisKeys keys;
    private final Duration timeout;

    /**
     * The backlog.
     *
     * @param keys API keys with pending usage
     * @param oldest how long the oldest of them has waited; on a Cluster up to a minute too long, since marks are removed late
     *     there
     */
    public record Backlog(long keys, Duration oldest) {}

    /**
     * @param timeout the longest time to wait for a reply
     */
    public SettlementBacklog(ScriptBatcher batcher, RedisKeys keys, Duration timeout) {
        this.batcher = batcher;
        this.keys = keys;
        this.timeout = timeout;
    }

    /** Reads the backlog; empty if Redis does not reply in time. */
    public Optional<Backlog> read() {
        try {
            String[] fields = batcher.call(BACKLOG, List.of(keys.changed()))
                    .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                    .join()
                    .split(" ");
            return Optional.of(new Backlog(Long.parseLong(fields[0]), Duration.ofMillis(Long.parseLong(fields[1]))));
        } catch (CompletionException e) {
            return Optional.empty();
        }
    }
}
