package dev.tollgate.redis.stats;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A release of Redis or Valkey.
 *
 * <p>It knows whether the release is vulnerable to CVE-2025-49844: with permission to run scripts, a client can run programs on
 * the server's host (use after free in the Lua garbage collector). Tollgate's own scripts do not exploit it; a client that has
 * the password could.
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

    /** The first patch release without the vulnerability, by name and version line (major.minor). */
    private static final Map<String, Map<String, Integer>> FIXED = Map.of(
            REDIS, Map.of("6.2", 20, "7.2", 11, "7.4", 6, "8.0", 4, "8.2", 2),
            VALKEY, Map.of("7.2", 11, "8.0", 6, "8.1", 4));

    /** The newest version lines that had the vulnerability; newer lines never had it. */
    private static final Map<String, int[]> LAST_VULNERABLE_LINE =
            Map.of(REDIS, new int[] {8, 2}, VALKEY, new int[] {8, 1});

    /**
     * Reads the release from the reply to {@code INFO}.
     *
     * @param info the lines of {@code INFO server} by name
     * @return empty if there is no version of three numbers
     */
    static Optional<ServerRelease> of(Map<String, String> info) {
        boolean valkey = info.containsKey("valkey_version");
        Matcher version = VERSION.matcher(info.getOrDefault(valkey ? "valkey_version" : "redis_version", ""));
        return version.matches()
                ? Optional.of(new ServerRelease(
                        valkey ? VALKEY : REDIS,
                        Integer.parseInt(version.group(1)),
                        Integer.parseInt(version.group(2)),
                        Integer.parseInt(version.group(3))))
                : Optional.empty();
    }

    /** Returns whether the published release is vulnerable. A distribution may have fixed it under the same number. */
    public boolean isVulnerable() {
        Integer fixed = Objects.requireNonNull(FIXED.get(name)).get(major + "." + minor);
        if (fixed != null) {
            return patch < fixed;
        }
        int[] last = Objects.requireNonNull(LAST_VULNERABLE_LINE.get(name));
        return major < last[0] || major == last[0] && minor < last[1];
    }

    /** Returns name and version, such as {@code Redis 7.2.11}. */
    @Override
    public String toString() {
        return name + " " + major + "." + minor + "." + patch;
    }
}
