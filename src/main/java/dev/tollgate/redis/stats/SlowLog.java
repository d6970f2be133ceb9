package dev.tollgate.redis.stats;

import dev.tollgate.redis.batch.Operation;
import dev.tollgate.redis.batch.Script;
import dev.tollgate.redis.batch.ScriptBatcher;
import dev.tollgate.redis.connection.RedisKeys;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * The commands that Redis itself found slow ({@code SLOWLOG}). Asked rarely and never on a request's way. Thread-safe; blocks.
 */
public final class SlowLog {

    private static final Script SLOWLOG = Script.load(Operation.WATCH, "stats/slowlog");
    private static final String FORBIDDEN = "-";
    private static final int MOST = 16;

    private final ScriptBatcher batcher;
    private final RedisKeys keys;
    private final Duration patience;

    /**
     * A slow command.
     *
     * @param id counts up from the server's start
     * @param at when
     * @param micros how long it ran, without waiting
     * @param command its name; of a script of ours, the script's, such as {@code gate.lua}
     */
    public record Entry(long id, Instant at, long micros, String command) {}

    /**
     * @param batcher how scripts travel
     * @param keys the keys' names
     * @param patience the longest wait for an answer
     */
    public SlowLog(ScriptBatcher batcher, RedisKeys keys, Duration patience) {
        this.batcher = batcher;
        this.keys = keys;
        this.patience = patience;
    }

    /** The latest, newest first; empty if Redis does not answer or may not tell. */
    public Optional<List<Entry>> look() {
        try {
            String reply = batcher.call(SLOWLOG, List.of(keys.edition()), Integer.toString(MOST))
                    .orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
                    .join();
            return reply.equals(FORBIDDEN)
                    ? Optional.empty()
                    : Optional.of(reply.lines().map(SlowLog::entry).collect(Collectors.toUnmodifiableList()));
        } catch (CompletionException e) {
            return Optional.empty();
        }
    }

    private static Entry entry(String line) {
        String[] words = line.split(" ");
        String command = words.length > 4 ? Script.named(words[4]).orElse(words[3]) : words[3];
        return new Entry(
                Long.parseLong(words[0]),
                Instant.ofEpochSecond(Long.parseLong(words[1])),
                Long.parseLong(words[2]),
                command);
    }
}
