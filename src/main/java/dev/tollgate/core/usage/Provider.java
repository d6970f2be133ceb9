package dev.tollgate.core.usage;

/** Rules for names of providers: where an upload went, or which backend served a request. */
public final class Provider {

    private static final int MAX_LENGTH = 50;

    /** Where counts go once a key has used too many distinct providers. */
    public static final String OTHER = "other";

    /** Stands for "every provider" in queries and cache keys; never a provider's own name. */
    public static final String ALL = "all";

    /** The most providers kept apart per key; the rest count as {@link #OTHER}. */
    public static final int MAX_PER_KEY = 100;

    private Provider() {}

    /**
     * Returns whether the text is a provider's name: {@code [a-z0-9][a-z0-9._-]{0,49}}; {@value #ALL} is not, since it means
     * every provider.
     */
    public static boolean isName(String text) {
        int length = text.length();
        boolean fits = length > 0 && length <= MAX_LENGTH && isFirst(text.charAt(0));
        // By hand, without a regular expression: every metered request asks.
        for (int i = 1; fits && i < length; i++) {
            char c = text.charAt(i);
            fits = isFirst(c) || c == '.' || c == '_' || c == '-';
        }
        return fits && !text.equals(ALL);
    }

    private static boolean isFirst(char c) {
        return c >= 'a' && c <= 'z' || c >= '0' && c <= '9';
    }
}
