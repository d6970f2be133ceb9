package dev.tollgate.http.route;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which paths a route policy is for. A pattern is a path whose segments are literal or {@code *} (exactly one segment, any);
 * a pattern that ends in {@code /*} or {@code /**} matches the path before it and everything below, as in a servlet's URL
 * pattern. Matching is case-sensitive unless {@link #ignoringCase} was asked for, compiled once, and allocates nothing. Immutable.
 */
public final class RoutePattern {

    private static final int LONGEST = 512;

    private final String text;
    private final @Nullable String[] segments;
    private final boolean open;
    private final @Nullable String literal;

    private RoutePattern(String text, @Nullable String[] segments, boolean open) {
        this.text = text;
        this.segments = segments;
        this.open = open;
        this.literal = literal(segments);
    }

    /** The pattern as one piece of text to compare with; null if a segment is {@code *}. */
    private static @Nullable String literal(@Nullable String[] segments) {
        StringBuilder joined = new StringBuilder();
        for (String segment : segments) {
            if (segment == null) {
                return null;
            }
            joined.append('/').append(segment);
        }
        return joined.toString();
    }

    /**
     * Reads a pattern.
     *
     * @param text a path as {@link RoutePath} gives it, e.g. {@code /reports/*}{@code /pages/*}
     * @throws IllegalArgumentException saying, in a few words without the pattern, what is wrong with it
     */
    public static RoutePattern of(String text) {
        if (!text.startsWith("/")) {
            throw new IllegalArgumentException("must begin with '/'");
        }
        if (text.length() > LONGEST) {
            throw new IllegalArgumentException("must not be longer than " + LONGEST + " characters");
        }
        if (text.indexOf('%') >= 0 || text.indexOf('?') >= 0 || text.indexOf('#') >= 0 || text.indexOf(';') >= 0) {
            throw new IllegalArgumentException("must be a decoded path without '%', '?', '#' and ';'");
        }
        if (text.equals("/")) {
            return new RoutePattern(text, new String[0], false);
        }
        if (text.endsWith("/")) {
            throw new IllegalArgumentException("must not end in '/'; end it in '/*' to mean everything below");
        }
        if (!text.equals(RoutePath.normal(text))) {
            throw new IllegalArgumentException("must not hold '//', '/./', '/../', '\\' or control characters");
        }
        boolean open = text.endsWith("/*") || text.endsWith("/**");
        String closed = open ? text.substring(0, text.lastIndexOf('/')) : text;
        @Nullable
        String[] segments =
                closed.isEmpty() ? new String[0] : closed.substring(1).split("/", -1);
        for (int i = 0; i < segments.length; i++) {
            if (segments[i].equals("*")) {
                segments[i] = null;
            } else if (segments[i].indexOf('*') >= 0) {
                throw new IllegalArgumentException("may hold '*' only as a whole segment, and '**' only at the end");
            }
        }
        return new RoutePattern(text, segments, open);
    }

    /** The same pattern, for paths that {@link #fold} has been applied to. */
    RoutePattern ignoringCase() {
        @Nullable String[] folded = new String[segments.length];
        for (int i = 0; i < segments.length; i++) {
            folded[i] = segments[i] == null ? null : fold(segments[i]);
        }
        return new RoutePattern(text, folded, open);
    }

    /** A text in which letters that differ by case alone are the same, by {@link String#equalsIgnoreCase}'s rule. */
    static String fold(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (folded(text.charAt(i)) != text.charAt(i)) {
                StringBuilder folded = new StringBuilder(text);
                for (int at = i; at < folded.length(); at++) {
                    folded.setCharAt(at, folded(folded.charAt(at)));
                }
                return folded.toString();
            }
        }
        return text;
    }

    private static char folded(char c) {
        return Character.toLowerCase(Character.toUpperCase(c));
    }

    /**
     * Whether a path falls under this pattern.
     *
     * @param path in the form {@link RoutePath} gives, folded if case is ignored
     */
    public boolean matches(String path) {
        if (literal == null) {
            return matchesBySegment(path);
        }
        if (!open) {
            return segments.length == 0 ? path.equals("/") : path.equals(literal);
        }
        return path.startsWith(literal) && (path.length() == literal.length() || path.charAt(literal.length()) == '/');
    }

    private boolean matchesBySegment(String path) {
        int at = 0;
        for (String segment : segments) {
            int start = at + 1;
            if (start >= path.length()) {
                return false;
            }
            int slash = path.indexOf('/', start);
            int end = slash < 0 ? path.length() : slash;
            if (segment != null && (end - start != segment.length() || !path.startsWith(segment, start))) {
                return false;
            }
            at = end;
        }
        return open || at == path.length();
    }

    /** Whether every path that falls under the other pattern falls under this one too. */
    public boolean covers(RoutePattern other) {
        boolean deepEnough = open
                ? segments.length <= other.segments.length
                : !other.open && segments.length == other.segments.length;
        if (!deepEnough) {
            return false;
        }
        for (int i = 0; i < segments.length; i++) {
            if (segments[i] != null && !segments[i].equals(other.segments[i])) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RoutePattern pattern && text.equals(pattern.text);
    }

    @Override
    public int hashCode() {
        return Objects.hashCode(text);
    }

    @Override
    public String toString() {
        return text;
    }
}
