package dev.tollgate.guard;

import dev.tollgate.config.Settings;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A counted reference to the guard that all applications share: opened for the first, closed after the last. Thread-safe. */
final class GuardReference {

    private static final Logger LOG = System.getLogger(GuardReference.class.getName());

    private static @Nullable ServerGuard guard;
    private static int holders;

    private GuardReference() {}

    /**
     * Returns the guard; {@link #release} gives it back. The first call waits two seconds for Redis at most.
     *
     * @throws dev.tollgate.config.BadSettingException if a setting cannot be used
     */
    static synchronized ServerGuard acquire() {
        ServerGuard shared = guard;
        if (shared == null) {
            shared = ContextClassLoader.run(() -> ServerGuard.open(Settings.load()));
            guard = shared;
        }
        holders++;
        return shared;
    }

    /** Gives the guard back, and closes it after the last one. */
    static synchronized void release() {
        holders--;
        if (holders == 0) {
            ServerGuard last = Objects.requireNonNull(guard);
            guard = null;
            ContextClassLoader.run(() -> {
                last.close();
                return null;
            });
            LOG.log(Level.INFO, "no application is guarded any more; the connections to Redis are closed");
        }
    }
}
