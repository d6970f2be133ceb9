package dev.tollgate.core.account;

/**
 * The rule for which API keys may post usage: a permission of the key, and a default for keys without one. Nothing can
 * check posted usage against what happened, so a key that may post is trusted for its own account.
 */
public enum UsagePosting {
    /** Every key that is not denied it. */
    ANY,
    /** Only keys that are permitted it. */
    PERMITTED;

    /** The permission as challenges name it, in the form of a scope (RFC 6750). */
    public static final String SCOPE = "usage:post";

    /** Whether usage may be posted with the key. */
    public boolean allows(ApiKey key) {
        return key.postUsage() == null ? this == ANY : key.postUsage();
    }
}
