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

/** How much waits for the settlement, at the price of one short command whatever the number. Thread-safe; blocks. */
public final class SettlementBacklog {

    private static final Script BACKLOG = Script.load(Operation.WATCH, "usage/backlog");

    private final ScriptBatcher batcher;
    private final RedisKeys keys;
    private final Duration patience;

    /**
     * What waits.
     *
     * @param keys API keys with something unsettled
     * @param oldest how long the one that waits longest has waited; on a Cluster up to a minute too long, since marks are
     *     taken away late there
     */
    public record Backlog(long keys, Duration oldest) {}

    /**
     * @param batcher how scripts travel
     * @param keys the keys' names
     * @param patience the longest wait for an answer
     */
    public SettlementBacklog(ScriptBatcher batcher, RedisKeys keys, Duration patience) {
        this.batcher = batcher;
        this.keys = keys;
        this.patience = patience;
    }

    /** Looks; empty if Redis does not answer in time. */
    public Optional<Backlog> read() {
        try {
            String[] words = batcher.call(BACKLOG, List.of(keys.changed()))
                    .orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
                    .join()
                    .split(" ");
            return Optional.of(new Backlog(Long.parseLong(words[0]), Duration.ofMillis(Long.parseLong(words[1]))));
        } catch (CompletionException e) {
            return Optional.empty();
        }
    }
}
