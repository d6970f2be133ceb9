package dev.tollgate.guard;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A list of patterns that selects applications by context path. {@code *} matches any text. {@code !} before a pattern excludes
 * what it matches, whatever the order. The root application is {@code /}.
 */
final class Applications {

    private final List<Pattern> guarded = new ArrayList<>();
    private final List<Pattern> excluded = new ArrayList<>();

    /**
     * @throws IllegalArgumentException if a pattern does not begin with {@code /}, {@code *}, or {@code !} and one of these
     */
    Applications(List<String> patterns) {
        for (String pattern : patterns) {
            boolean isExcluded = pattern.startsWith("!");
            (isExcluded ? excluded : guarded)
                    .add(compile(isExcluded ? pattern.substring(1).strip() : pattern));
        }
    }

    private static Pattern compile(String pattern) {
        if (!pattern.startsWith("/") && !pattern.startsWith("*")) {
            throw new IllegalArgumentException("a pattern begins with / or *, or with ! and one of these");
        }
        return Pattern.compile(
                Stream.of(pattern.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*")));
    }

    /**
     * Returns whether the list includes an application. A list of exclusions alone includes all others.
     *
     * @param contextPath as the container has it; empty for the root
     */
    boolean include(String contextPath) {
        return (guarded.isEmpty() || matches(guarded, contextPath)) && !matches(excluded, contextPath);
    }

    /** Returns whether a pattern names an application and none excludes it. A list of exclusions alone names none. */
    boolean name(String contextPath) {
        return matches(guarded, contextPath) && !matches(excluded, contextPath);
    }

    private static boolean matches(List<Pattern> patterns, String contextPath) {
        String path = contextPath.isEmpty() ? "/" : contextPath;
        return patterns.stream().anyMatch(pattern -> pattern.matcher(path).matches());
    }
}
