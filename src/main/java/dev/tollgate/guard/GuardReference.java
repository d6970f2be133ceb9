package dev.tollgate.guard;

import dev.tollgate.config.Settings;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** A counted reference to the guard that all applications share: opened for the first, closed after the last. Thread-safe. */
final class GuardReference {

    private static final Logger LOG = System.getLogger(GuardReference.class.getName());

    private static ServerGuard guard;
    private static int holders;

    private GuardReference() {}

    /**
     * Returns the guard; {@link #release} gives it back. The first call waits two seconds for Redis at most.
     *
     * @throws dev.tollgate.config.BadSettingException if a setting cannot be used
     */
    static synchronized ServerGuard acquire() {
        if (guard == null) {
            guard = ContextClassLoader.run(() -> ServerGuard.open(Settings.load()));
        }
        holders++;
        return guard;
    }

    /** Gives the guard back, and closes it after the last one. */
    static synchronized void release() {
        holders--;
        if (holders == 0) {
            ServerGuard last = guard;
            guard = null;
            ContextClassLoader.run(() -> {
                last.close();
                return null;
            });
            LOG.log(Level.INFO, "no application is guarded any more; the connections to Redis are closed");
        }
    }
}
