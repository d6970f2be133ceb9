package dev.tollgate.http.address;

import org.jspecify.annotations.Nullable;

/**
 * Reads one element of a {@code Forwarded} field (RFC 7239, section 4): parameters separated by semicolons, names in any
 * case, values as tokens or quoted strings. White space around a semicolon and unquoted {@code :}, {@code [} and {@code ]}
 * are accepted, since deployed proxies write them.
 */
final class ForwardedElement {

    private final String text;
    private int at;

    private ForwardedElement(String text) {
        this.text = text;
    }

    /** The value of the element's {@code for} parameter; null if it has none, two, an empty one, or bad syntax. */
    static @Nullable String node(String element) {
        return new ForwardedElement(element).node();
    }

    private @Nullable String node() {
        String node = null;
        while (true) {
            skipSpace();
            if (at < text.length() && text.charAt(at) != ';') {
                int start = at;
                while (at < text.length() && isToken(text.charAt(at))) {
                    at++;
                }
                String name = text.substring(start, at);
                if (name.isEmpty() || at == text.length() || text.charAt(at++) != '=') {
                    return null;
                }
                String value = value();
                if (value == null) {
                    return null;
                }
                if (name.equalsIgnoreCase("for")) {
                    if (node != null) {
                        return null;
                    }
                    node = value;
                }
                skipSpace();
            }
            if (at == text.length()) {
                return node;
            }
            if (text.charAt(at++) != ';') {
                return null;
            }
        }
    }

    private @Nullable String value() {
        if (at < text.length() && text.charAt(at) == '"') {
            return quoted();
        }
        int start = at;
        while (at < text.length() && isLooseToken(text.charAt(at))) {
            at++;
        }
        return at == start ? null : text.substring(start, at);
    }

    private @Nullable String quoted() {
        StringBuilder value = new StringBuilder();
        for (at++; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == '"') {
                at++;
                return value.length() == 0 ? null : value.toString();
            }
            if (c == '\\' && ++at < text.length()) {
                c = text.charAt(at);
            }
            if ((c < ' ' && c != '\t') || c > '~') {
                return null;
            }
            value.append(c);
        }
        return null;
    }

    private void skipSpace() {
        while (at < text.length() && ForwardedHops.isSpace(text.charAt(at))) {
            at++;
        }
    }

    private static boolean isLooseToken(char c) {
        return isToken(c) || c == ':' || c == '[' || c == ']';
    }

    private static boolean isToken(char c) {
        return isLetterOrDigit(c) || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
    }

    /** Whether the character may stand in an obfuscated port (RFC 7239, section 6). */
    static boolean isObfuscated(char c) {
        return isLetterOrDigit(c) || c == '.' || c == '_' || c == '-';
    }

    private static boolean isLetterOrDigit(char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }
}
