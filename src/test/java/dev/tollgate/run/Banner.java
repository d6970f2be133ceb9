package dev.tollgate.run;

import java.nio.file.Path;
import java.util.Map;

/** What is said when Tollgate serves. */
final class Banner {

    private Banner() {}

    /**
     * The text.
     *
     * @param described the properties of the running system
     */
    static String of(Map<String, String> described, Path serverLog, Path project, Path properties) {
        String base = described.get("base.url");
        return """

                Tollgate serves.

                  Base URL     %s
                  Console      %s/
                  Health       %s/health/ready
                  Admin        user %s, password %s
                  Keys         free        %s
                               pro         %s
                               enterprise  %s
                  Redis        %s
                  PostgreSQL   %s  user %s
                  Server log   %s
                  All of this  %s

                Upload a file:
                  curl -H 'X-API-Key: %s' -F file=@README.md %s/api/v1/uploads/local

                Ctrl-C stops everything; the data stays for the next time.
                """.formatted(
                        base,
                        base,
                        base,
                        described.get("admin.user"),
                        described.get("admin.password"),
                        described.get("key.free"),
                        described.get("key.pro"),
                        described.get("key.enterprise"),
                        described.get("redis.url"),
                        described.get("jdbc.url"),
                        described.get("jdbc.user"),
                        relative(project, serverLog),
                        relative(project, properties),
                        described.get("key.free"),
                        base);
    }

    private static Path relative(Path project, Path file) {
        return project.toAbsolutePath().normalize().relativize(file.toAbsolutePath());
    }
}
