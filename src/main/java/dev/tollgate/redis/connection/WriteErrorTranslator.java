package dev.tollgate.redis.connection;

import dev.tollgate.core.limit.WritesRefusedException;
import dev.tollgate.core.problem.Failures;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tells Redis's refusals to write from other failures. Before 7.0 Redis wraps them, coming from within a script, in a text of its
 * own, so that neither the first word nor Redisson's exception tells. Thread-safe.
 */
public final class WriteErrorTranslator {

    private static final Pattern REFUSAL = Pattern.compile(
            "(?:^|-|: |OOM )((?:command not allowed when used memory|READONLY|MISCONF|NOREPLICAS) [^.]{0,100})");

    private final ConnectionTracker connections;

    /**
     * @param connections let go of when it is a read-only replica that refuses
     */
    public WriteErrorTranslator(ConnectionTracker connections) {
        this.connections = connections;
    }

    /** The same, failing with {@link WritesRefusedException} where Redis refused to write. */
    public <T> CompletableFuture<T> translate(CompletableFuture<T> reply) {
        return reply.exceptionallyCompose(failure -> CompletableFuture.failedFuture(translateError(failure)));
    }

    /** One failure, as {@link WritesRefusedException} where Redis refused to write. */
    public Throwable translateError(Throwable failure) {
        Throwable cause = Failures.unwrap(failure);
        Matcher refusal = REFUSAL.matcher(String.valueOf(cause.getMessage()));
        if (!refusal.find()) {
            return cause;
        }
        String words = refusal.group(1);
        if (words.startsWith("READONLY")) {
            connections.closeAll();
        }
        return new WritesRefusedException(words, cause);
    }
}
