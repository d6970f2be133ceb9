package dev.tollgate.http.address;

import inet.ipaddr.IPAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The hops that {@code X-Forwarded-For} or {@code Forwarded} names, last one first. Reads no further left than it is asked
 * to, and never more than {@value #MAX_ELEMENT} characters for one hop. Empty list elements, which HTTP lets lists hold, are
 * skipped, at most {@value #MAX_EMPTY} of them. For one request; not thread-safe.
 */
final class ForwardedHops {

    /** The longest list element read, white space included: room for a {@code Forwarded} element with all parameters. */
    static final int MAX_ELEMENT = 512;

    /** The most empty list elements skipped. */
    static final int MAX_EMPTY = 32;

    private final List<String> lines;
    private final boolean rfc7239;
    private int line;
    private int end;
    private int skipped;
    private @Nullable String element;

    /**
     * @param lines the header's lines in the order they came in
     * @param rfc7239 true for {@code Forwarded}, false for {@code X-Forwarded-For}
     */
    ForwardedHops(List<String> lines, boolean rfc7239) {
        this.lines = lines;
        this.rfc7239 = rfc7239;
        this.line = lines.size();
        this.end = -1;
    }

    /** Goes one hop to the left; false if there is none. */
    boolean next() {
        while (true) {
            if (end < 0) {
                if (--line < 0) {
                    return false;
                }
                end = lines.get(line).length();
            }
            element = take(lines.get(line));
            if (element == null || !element.isEmpty()) {
                return true;
            }
            if (++skipped > MAX_EMPTY) {
                element = null;
                return true;
            }
        }
    }

    /** The address of the hop; null if it gives none that can be relied on. */
    @Nullable
    IPAddress address() {
        if (element == null) {
            return null;
        }
        String node = rfc7239 ? ForwardedElement.node(element) : element;
        return node == null ? null : addressOf(node);
    }

    /** Cuts the last element before {@link #end} off, trimmed; null if it is too long to be one. */
    private @Nullable String take(String text) {
        int start = end;
        int least = Math.max(0, end - MAX_ELEMENT);
        boolean quoted = false;
        while (start > least) {
            char c = text.charAt(start - 1);
            if (c == ',' && !quoted) {
                break;
            }
            if (rfc7239 && c == '"' && !(quoted && escaped(text, start - 1, least))) {
                quoted = !quoted;
            }
            start--;
        }
        boolean whole = start == 0 || (start > least && !quoted);
        String taken = whole ? trim(text, start, end) : null;
        end = start == 0 ? -1 : start - 1;
        return taken;
    }

    /** Whether an odd number of backslashes stands before the character, so that it does not open a quoted string. */
    private static boolean escaped(String text, int at, int least) {
        int backslashes = 0;
        while (at - backslashes > least && text.charAt(at - backslashes - 1) == '\\') {
            backslashes++;
        }
        return backslashes % 2 == 1;
    }

    private static String trim(String text, int from, int to) {
        int start = from;
        int stop = to;
        while (start < stop && isSpace(text.charAt(start))) {
            start++;
        }
        while (stop > start && isSpace(text.charAt(stop - 1))) {
            stop--;
        }
        return text.substring(start, stop);
    }

    static boolean isSpace(char c) {
        return c == ' ' || c == '\t';
    }

    /** An address with or without a port; IPv6 in brackets, or bare in {@code X-Forwarded-For} where many write it so. */
    private @Nullable IPAddress addressOf(String node) {
        if (node.charAt(0) == '[') {
            int close = node.indexOf(']');
            boolean bracketed = close > 0 && node.lastIndexOf(':', close) > 0 && isPort(node, close + 1);
            return bracketed ? IpAddresses.parse(node.substring(1, close)) : null;
        }
        int colon = node.indexOf(':');
        if (colon < 0) {
            return IpAddresses.parse(node);
        }
        if (colon == node.lastIndexOf(':')) {
            String host = node.substring(0, colon);
            return IpAddresses.isPlainIpv4(host) && isPort(node, colon) ? IpAddresses.parse(host) : null;
        }
        return rfc7239 ? null : IpAddresses.parse(node);
    }

    /** Whether the rest is nothing, or a colon and a port; RFC 7239 lets a port be obfuscated ({@code _x}) too. */
    private boolean isPort(String node, int from) {
        if (from == node.length()) {
            return true;
        }
        int length = node.length() - from - 1;
        if (node.charAt(from) != ':' || length < 1) {
            return false;
        }
        boolean obfuscated = rfc7239 && node.charAt(from + 1) == '_' && length > 1;
        for (int i = from + 1; i < node.length(); i++) {
            char c = node.charAt(i);
            if (obfuscated ? !ForwardedElement.isObfuscated(c) : c < '0' || c > '9') {
                return false;
            }
        }
        return obfuscated || length <= 5;
    }
}
