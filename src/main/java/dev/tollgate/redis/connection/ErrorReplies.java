package dev.tollgate.redis.connection;

import dev.tollgate.core.async.Failures;
import dev.tollgate.core.limit.UnreadableStateException;
import java.util.regex.Pattern;
import org.redisson.client.RedisException;

/**
 * A classification of error replies: errors about the keys of one call, and all others.
 *
 * <p>An error about keys is another type than expected, text that is no number, or an error of a script. Redis works then, and
 * the calls of other callers may succeed. All other errors count as an outage.
 */
public final class ErrorReplies {

    private ErrorReplies() {}

    /** Errors about the state of the server or the rights of the user, even if the text also matches the pattern below. */
    private static final Pattern ABOUT_SERVER = Pattern.compile(
            "OOM|READONLY|MISCONF|NOREPLICAS|NOPERM|BUSY|MASTERDOWN|CLUSTERDOWN|command not allowed|can.t run this|can.t access");

    private static final Pattern ABOUT_KEYS = Pattern.compile(
            "WRONGTYPE|wrong kind of value|not an integer|not a valid float|not a float|would overflow|user_script|user_function");

    /** Returns the failure for a line in which a script reports that one of its calls failed. */
    public static RuntimeException fromLine(String line) {
        RedisException failure = new RedisException(line);
        return ABOUT_SERVER.matcher(line).find() ? failure : new UnreadableStateException(failure);
    }

    /**
     * Returns {@link UnreadableStateException} for an error about the call's own keys, and else the failure without its
     * wrapper.
     */
    public static Throwable translate(Throwable failure) {
        Throwable cause = Failures.unwrap(failure);
        return isAboutKeys(cause) ? new UnreadableStateException(cause) : cause;
    }

    /** Redisson has subclasses for timeouts, lost connections, and servers that are loading, moved or full. */
    private static boolean isAboutKeys(Throwable cause) {
        String message = String.valueOf(cause.getMessage());
        return cause.getClass() == RedisException.class
                && ABOUT_KEYS.matcher(message).find()
                && !ABOUT_SERVER.matcher(message).find();
    }
}
