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
 * A reader of {@code SLOWLOG}: the commands that Redis itself found slow. Read twice a minute, never by a request. Thread-safe;
 * blocks.
 */
public final class SlowLog {

    private static final Script SLOWLOG = Script.load(Operation.WATCH, "stats/slowlog");
    private static final String FORBIDDEN = "-";
    private static final int MAX_ENTRIES = 16;

    private final ScriptBatcher batcher;
    private final RedisKeys keys;
    private final Duration timeout;

    /**
     * A slow command.
     *
     * @param id a number that rises from the server's start
     * @param at when it ran
     * @param micros how long it ran, without waiting, in microseconds
     * @param command its name; for one of Tollgate's scripts the file, such as {@code gate.lua}
     */
    public record Entry(long id, Instant at, long micros, String command) {}

    /**
     * @param timeout the longest time to wait for a reply
     */
    public SlowLog(ScriptBatcher batcher, RedisKeys keys, Duration timeout) {
        this.batcher = batcher;
        this.keys = keys;
        this.timeout = timeout;
    }

    /** Reads the latest entries, newest first; empty if Redis does not reply or an ACL forbids it. */
    public Optional<List<Entry>> read() {
        try {
            String reply = batcher.call(SLOWLOG, List.of(keys.edition()), Integer.toString(MAX_ENTRIES))
                    .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
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
