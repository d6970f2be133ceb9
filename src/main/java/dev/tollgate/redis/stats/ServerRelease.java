package dev.tollgate.redis.stats;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A release of Redis or Valkey, and whether whoever may run scripts in it can run programs on its host (CVE-2025-49844: use after
 * free in the Lua parser's garbage collection). Tollgate's own scripts do no harm there; a stranger with the password would.
 *
 * @param name {@code Redis} or {@code Valkey}
 * @param major first number of the version
 * @param minor second number
 * @param patch third number
 */
public record ServerRelease(String name, int major, int minor, int patch) {

    private static final String REDIS = "Redis";
    private static final String VALKEY = "Valkey";
    private static final Pattern VERSION = Pattern.compile("(\\d{1,4})\\.(\\d{1,4})\\.(\\d{1,4})");

    /** By name and line (major.minor), the first patch release without the fault. */
    private static final Map<String, Map<String, Integer>> MENDED = Map.of(
            REDIS, Map.of("6.2", 20, "7.2", 11, "7.4", 6, "8.0", 4, "8.2", 2),
            VALKEY, Map.of("7.2", 11, "8.0", 6, "8.1", 4));

    /** The last lines that were begun before the fault was known: what is newer never had it. */
    private static final Map<String, int[]> LAST_FAULTY_LINE =
            Map.of(REDIS, new int[] {8, 2}, VALKEY, new int[] {8, 1});

    /**
     * Reads it from what a server says of itself.
     *
     * @param said the lines of {@code INFO server} by name
     * @return empty if it does not say, or says no version of three numbers
     */
    static Optional<ServerRelease> of(Map<String, String> said) {
        boolean valkey = said.containsKey("valkey_version");
        Matcher version = VERSION.matcher(said.getOrDefault(valkey ? "valkey_version" : "redis_version", ""));
        return version.matches()
                ? Optional.of(new ServerRelease(
                        valkey ? VALKEY : REDIS,
                        Integer.parseInt(version.group(1)),
                        Integer.parseInt(version.group(2)),
                        Integer.parseInt(version.group(3))))
                : Optional.empty();
    }

    /** Whether this release, as its makers published it, has the fault. A distribution may have mended it under the same number. */
    public boolean runsForeignCode() {
        Integer mended = MENDED.get(name).get(major + "." + minor);
        if (mended != null) {
            return patch < mended;
        }
        int[] last = LAST_FAULTY_LINE.get(name);
        return major < last[0] || major == last[0] && minor < last[1];
    }

    /** As its makers write it, such as {@code Redis 7.2.11}. */
    @Override
    public String toString() {
        return name + " " + major + "." + minor + "." + patch;
    }
}
