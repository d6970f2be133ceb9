package dev.tollgate.core.account;

import java.util.List;

/**
 * The form of API keys: one of the configured prefixes and 43 characters in base64url. A text that begins with none of the
 * prefixes is a credential of another system. Immutable.
 */
public final class ApiKeyFormat {

    /** The form by default. */
    public static final ApiKeyFormat STANDARD = new ApiKeyFormat(List.of(ApiKeyToken.MARK));

    private final List<String> prefixes;

    /**
     * @param prefixes what keys begin with, at least one; new keys begin with the first
     */
    public ApiKeyFormat(List<String> prefixes) {
        if (prefixes.isEmpty()) {
            throw new IllegalArgumentException("needs at least one prefix");
        }
        this.prefixes = List.copyOf(prefixes);
    }

    /** Returns a new random key. */
    public ApiKeyToken generate() {
        return ApiKeyToken.generate(prefixes.get(0));
    }

    /** Returns whether a text begins as keys do. Anything else is nobody's key here. */
    public boolean isOurs(String presented) {
        for (int i = 0; i < prefixes.size(); i++) {
            if (presented.startsWith(prefixes.get(i))) {
                return true;
            }
        }
        return false;
    }

    /** Returns whether a presented text has the form of a key. Anything else is never looked up or stored. */
    public boolean isWellFormed(String presented) {
        for (int i = 0; i < prefixes.size(); i++) {
            String prefix = prefixes.get(i);
            if (presented.length() == prefix.length() + ApiKeyToken.RANDOM_LENGTH
                    && presented.startsWith(prefix)
                    && isBase64Url(presented, prefix.length())) {
                return true;
            }
        }
        return false;
    }

    private static boolean isBase64Url(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean base64url =
                    (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
            if (!base64url) {
                return false;
            }
        }
        return true;
    }
}
