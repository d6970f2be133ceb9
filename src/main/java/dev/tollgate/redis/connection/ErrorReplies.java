package dev.tollgate.redis.connection;

import dev.tollgate.core.limit.UnreadableStateException;
import dev.tollgate.core.problem.Failures;
import java.util.regex.Pattern;
import org.redisson.client.RedisException;

/**
 * Tells what Redis answered about one call's keys (another type than expected, no number, a script's error) from an outage: then it
 * answered, and others' calls may go well.
 */
public final class ErrorReplies {

    private ErrorReplies() {}

    /** Of these a reply is about something else than the keys: what the server, or the user, may do. */
    private static final Pattern ABOUT_MORE = Pattern.compile(
            "OOM|READONLY|MISCONF|NOREPLICAS|NOPERM|BUSY|MASTERDOWN|CLUSTERDOWN|command not allowed|can.t run this|can.t access");

    private static final Pattern ABOUT_KEYS = Pattern.compile(
            "WRONGTYPE|wrong kind of value|not an integer|not a valid float|not a float|would overflow|user_script|user_function");

    /** A line by which a script says that one of its calls failed. */
    public static RuntimeException fromLine(String line) {
        RedisException failure = new RedisException(line);
        return ABOUT_MORE.matcher(line).find() ? failure : new UnreadableStateException(failure);
    }

    /** The failure, as {@link UnreadableStateException} where it is an answer about the call's own keys. */
    public static Throwable translate(Throwable failure) {
        Throwable cause = Failures.unwrap(failure);
        return isAboutKeys(cause) ? new UnreadableStateException(cause) : cause;
    }

    /** Redisson has classes of their own for time-outs, lost connections and servers that load, moved or are full. */
    private static boolean isAboutKeys(Throwable cause) {
        String message = String.valueOf(cause.getMessage());
        return cause.getClass() == RedisException.class
                && ABOUT_KEYS.matcher(message).find()
                && !ABOUT_MORE.matcher(message).find();
    }
}
