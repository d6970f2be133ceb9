package dev.tollgate.assembly;

import dev.tollgate.config.SettingCatalog;
import dev.tollgate.config.Settings;
import dev.tollgate.redis.connection.RedisConnection;
import java.time.Duration;
import java.util.Locale;

/** The settings that an operator looks for first, as the line that a start logs has them: without secrets. */
public final class StartReport {

    private StartReport() {}

    /**
     * Returns what the WAR and a guard have in common.
     *
     * @param settings the settings in force
     * @param file the routes file; empty for none
     * @param routes how many route policies the file has
     */
    public static String of(Settings settings, String file, int routes) {
        Duration lease = settings.get(SettingCatalog.LEASE_LENGTH);
        String prefix = settings.get(SettingCatalog.REDIS_PREFIX);
        return "redis=" + RedisConnection.describe(settings)
                + " prefix=" + (prefix.isEmpty() ? "none" : prefix)
                + " failureMode="
                + settings.get(SettingCatalog.REDIS_FAILURE_MODE).name().toLowerCase(Locale.ROOT)
                + " routes=" + routes + (file.isEmpty() ? "" : " from " + file)
                + " leases=" + (lease.isZero() ? "off" : lease.toMillis() + "ms");
    }
}
