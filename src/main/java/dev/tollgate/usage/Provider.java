package dev.tollgate.usage;

import java.util.regex.Pattern;

/** Names of providers: where an upload went, or which backend served a request. */
public final class Provider {

    /** The form of a provider's name. */
    public static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,49}");

    /** Where counts go once a key has used too many distinct providers. */
    public static final String OTHER = "other";

    /** Stands for "every provider" in queries and cache keys; never a provider's own name. */
    public static final String ALL = "all";

    /** The most providers kept apart per key; the rest count as {@link #OTHER}. */
    public static final int MAX_PER_KEY = 100;

    private Provider() {}

    /** Whether the text is a provider's name; {@value #ALL} is not, since it means every provider. */
    public static boolean isName(String text) {
        return NAME.matcher(text).matches() && !text.equals(ALL);
    }
}
