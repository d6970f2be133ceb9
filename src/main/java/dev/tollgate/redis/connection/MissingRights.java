package dev.tollgate.redis.connection;

import dev.tollgate.core.async.Failures;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The rights that Redis denies to Tollgate's user, although Tollgate uses them: commands, keys and channels. Each is logged once
 * when it turns out to be missing, and one that is probed also when it is there again. Bounded by the rights there are.
 * Thread-safe.
 */
public final class MissingRights {

    private static final Logger LOG = System.getLogger(MissingRights.class.getName());

    private static final Pattern DENIAL =
            Pattern.compile("NOPERM|ACL failure|has no permissions|can.t run this command|can.t access at least one");
    private static final Pattern COMMAND = Pattern.compile("to run the '([^']{1,40})'");

    /** How long a right counts as missing that was denied once, and that is not probed. */
    private static final long REMEMBERED_NANOS = Duration.ofMinutes(2).toNanos();

    private final String user;
    private Map<String, String> probed = Map.of();
    private final Map<String, Long> denied = new TreeMap<>();

    /**
     * @param user the server and the user for the log, as {@link RedisConnection#describe} gives them
     */
    public MissingRights(String user) {
        this.user = user;
    }

    /** Returns whether a failure says that an ACL denies something. */
    public static boolean isDenial(Throwable failure) {
        return DENIAL.matcher(String.valueOf(Failures.unwrap(failure).getMessage()))
                .find();
    }

    /** Returns the command that a denial is about, in capital letters; empty if it is about a key or a channel. */
    public static Optional<String> command(Throwable failure) {
        Matcher command =
                COMMAND.matcher(String.valueOf(Failures.unwrap(failure).getMessage()));
        return command.find() ? Optional.of(command.group(1).toUpperCase(Locale.ROOT)) : Optional.empty();
    }

    /**
     * Takes what a probe of all rights found.
     *
     * @param missing what stops working, by the right: {@code the command HGET} or {@code the keys tg:quota:*}
     */
    public synchronized void replaceProbed(Map<String, String> missing) {
        missing.forEach((right, stops) -> {
            if (!probed.containsKey(right)) {
                warn(right, stops);
            }
        });
        probed.keySet().stream()
                .filter(right -> !missing.containsKey(right))
                .forEach(right -> LOG.log(Level.INFO, "Redis permits {0} to Tollgate again", right));
        probed = Map.copyOf(missing);
    }

    /**
     * Notes a call that failed; does nothing if no ACL was the reason.
     *
     * @param other what is missing if the failure names no command, such as {@code the channel tg:changes}
     * @param stops what stops working
     */
    public synchronized void note(Throwable failure, String other, String stops) {
        if (!isDenial(failure)) {
            return;
        }
        String right = command(failure).map(command -> "the command " + command).orElse(other);
        long now = System.nanoTime();
        denied.values().removeIf(last -> now - last > REMEMBERED_NANOS);
        if (denied.put(right, now) == null && !probed.containsKey(right)) {
            warn(right, stops);
        }
    }

    private void warn(String right, String stops) {
        LOG.log(
                Level.WARNING,
                "Redis denies {0} to Tollgate ({1}), so this does not work: {2}; the rights it needs are in docs/operations.md",
                right,
                user,
                stops);
    }

    /** Returns the missing rights in words, in order; empty if all are there. */
    public synchronized List<String> all() {
        long now = System.nanoTime();
        denied.values().removeIf(last -> now - last > REMEMBERED_NANOS);
        TreeSet<String> rights = new TreeSet<>(probed.keySet());
        rights.addAll(denied.keySet());
        return new ArrayList<>(rights);
    }
}
