package dev.tollgate.core.account;

/**
 * Which API keys may post usage: a permission of a key, and what holds for keys that say nothing of it. Posted usage
 * is what a caller says of its own account: nothing can check it against what happened.
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
