package dev.tollgate.core.account;

import java.util.List;

/**
 * The form of API keys. Those that Tollgate makes are one of the configured prefixes and 43 characters in base64url. Imported ones
 * begin with one of the prefixes. A text that begins with none of them is a credential of another system. Immutable.
 */
public final class ApiKeyFormat {

    /** The form by default. */
    public static final ApiKeyFormat STANDARD = new ApiKeyFormat(List.of(ApiKeyToken.MARK));

    /** The shortest secret that is looked up. */
    public static final int MIN_LENGTH = 8;

    /** The longest secret that is looked up. */
    public static final int MAX_LENGTH = 256;

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

    /**
     * Returns whether a presented text can be a secret: it begins as keys do, and has {@value #MIN_LENGTH} to {@value #MAX_LENGTH}
     * visible ASCII characters. Imported secrets have forms of their own. Anything else is never looked up.
     */
    public boolean isPresentable(String presented) {
        if (presented.length() < MIN_LENGTH || presented.length() > MAX_LENGTH || !isOurs(presented)) {
            return false;
        }
        for (int i = 0; i < presented.length(); i++) {
            char c = presented.charAt(i);
            if (c <= ' ' || c >= 0x7f) {
                return false;
            }
        }
        return true;
    }

    /** Returns whether a text has the form of a key that Tollgate made. */
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
