package dev.tollgate.redis.connection;

import dev.tollgate.core.async.Failures;
import dev.tollgate.core.limit.WritesRefusedException;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A translator of errors by which Redis refuses to write: it is full, a read-only replica, or cannot persist.
 *
 * <p>Before 7.0, Redis wraps such an error of a script in a text of its own. Neither the first word nor Redisson's exception
 * tells then, so the translator searches the message. Thread-safe.
 */
public final class WriteErrorTranslator {

    private static final Pattern REFUSAL = Pattern.compile(
            "(?:^|-|: |OOM )((?:command not allowed when used memory|READONLY|MISCONF|NOREPLICAS) [^.]{0,100})");

    private final ConnectionTracker connections;

    /**
     * @param connections closed when a read-only replica refuses
     */
    public WriteErrorTranslator(ConnectionTracker connections) {
        this.connections = connections;
    }

    /** Returns a future that fails with {@link WritesRefusedException} if Redis refused to write. */
    public <T> CompletableFuture<T> translate(CompletableFuture<T> reply) {
        return reply.exceptionallyCompose(failure -> CompletableFuture.failedFuture(translateError(failure)));
    }

    /** Returns {@link WritesRefusedException} if Redis refused to write, and else the failure without its wrapper. */
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
