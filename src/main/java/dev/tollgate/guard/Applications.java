package dev.tollgate.guard;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which applications are guarded, by context path: patterns in which {@code *} stands for any text, and {@code !} before one
 * leaves out what it matches, wherever it stands. The root is {@code /}.
 */
final class Applications {

    private final List<Pattern> guarded = new ArrayList<>();
    private final List<Pattern> leftOut = new ArrayList<>();

    /**
     * @throws IllegalArgumentException if a pattern is none
     */
    Applications(List<String> patterns) {
        for (String pattern : patterns) {
            boolean out = pattern.startsWith("!");
            (out ? leftOut : guarded).add(compile(out ? pattern.substring(1).strip() : pattern));
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
     * Whether an application is guarded.
     *
     * @param contextPath as the container has it: empty for the root
     */
    boolean include(String contextPath) {
        // Only exceptions were named: all others are meant.
        return (guarded.isEmpty() || matches(guarded, contextPath)) && !matches(leftOut, contextPath);
    }

    /** Whether an application is meant by a pattern that is no exception, and left out by none that is. */
    boolean name(String contextPath) {
        return matches(guarded, contextPath) && !matches(leftOut, contextPath);
    }

    private static boolean matches(List<Pattern> patterns, String contextPath) {
        String path = contextPath.isEmpty() ? "/" : contextPath;
        return patterns.stream().anyMatch(pattern -> pattern.matcher(path).matches());
    }
}
