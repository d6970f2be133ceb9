package dev.tollgate.core.limit;

import java.util.Objects;

/**
 * The party that limits, quotas and bans apply to: an account, or the client's address where no key was presented.
 *
 * @param kind account or address
 * @param id the account's id, or {@code ip:} and the canonical address (IPv4 whole, IPv6 as its /64); never null,
 *     never holding braces, white space or control characters, since it becomes a Redis hash tag
 */
public record Caller(Kind kind, String id) {

    /** What sort of caller this is. */
    public enum Kind {
        /** An account: every key of it shares one window, one quota, one count of violations. */
        ACCOUNT,
        /** A client address; has no monthly quota and is never banned permanently by itself. */
        ADDRESS
    }

    private static final String ADDRESS_PREFIX = "ip:";
    private static final int MAX_LENGTH = 128;

    /**
     * @throws IllegalArgumentException if the id is empty, longer than 128 characters or holds a character that would
     *     change the Redis key it becomes part of
     */
    public Caller {
        Objects.requireNonNull(kind, "kind");
        if (id.isEmpty() || id.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("caller id must have 1 to " + MAX_LENGTH + " characters");
        }
        for (int i = 0; i < id.length(); i++) {
            char c = id.charAt(i);
            if (c <= ' ' || c == '{' || c == '}' || c > '~') {
                throw new IllegalArgumentException("caller id holds a character that is not allowed at " + i);
            }
        }
    }

    /** Returns the caller for an account. */
    public static Caller account(String accountId) {
        return new Caller(Kind.ACCOUNT, accountId);
    }

    /**
     * Returns the caller for a client address.
     *
     * @param canonicalAddress an IPv4 address, or an IPv6 /64 prefix, in canonical text
     */
    public static Caller address(String canonicalAddress) {
        return new Caller(Kind.ADDRESS, ADDRESS_PREFIX + canonicalAddress);
    }

    /** Reads a caller back from its id, as admin URLs and Redis keys carry it. */
    public static Caller parse(String id) {
        return new Caller(id.startsWith(ADDRESS_PREFIX) ? Kind.ADDRESS : Kind.ACCOUNT, id);
    }

    /** Returns whether this is an account. */
    public boolean isAccount() {
        return kind == Kind.ACCOUNT;
    }

    @Override
    public String toString() {
        return id;
    }
}
