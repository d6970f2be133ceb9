package dev.tollgate.guard;

import dev.tollgate.config.Settings;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** The one guard of all applications that share this class: opened for the first, closed after the last. Thread-safe. */
final class GuardReference {

    private static final Logger LOG = System.getLogger(GuardReference.class.getName());

    private static ServerGuard guard;
    private static int holders;

    private GuardReference() {}

    /**
     * The guard, to be given back by {@link #release}. The first call waits for Redis for a moment.
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

    /** Whoever acquired it does not need it any more. */
    static synchronized void release() {
        holders--;
        if (holders == 0) {
            ServerGuard last = guard;
            guard = null;
            ContextClassLoader.run(() -> {
                last.close();
                return null;
            });
            LOG.log(Level.INFO, "no application is guarded any more; Redis is let go of");
        }
    }
}
