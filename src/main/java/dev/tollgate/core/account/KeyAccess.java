package dev.tollgate.core.account;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an API key is restricted to, besides its limits and its end.
 *
 * @param scopes what it may do on routes that ask for scopes
 * @param addresses the networks in CIDR form that it may be used from; empty for any. Valid, since they were checked when they
 *     were set
 * @param suspended whether it is suspended, and so not active, until an administrator says otherwise
 * @param retirement of a secret that was rotated away and goes on for a while; null for the key's present secret
 */
public record KeyAccess(
        Scopes scopes,
        List<String> addresses,
        boolean suspended,
        @Nullable Retirement retirement) {

    /** The access of a key without restrictions. */
    public static final KeyAccess FREE = new KeyAccess(Scopes.NONE, List.of(), false, null);

    /** The most networks of one key. */
    public static final int MAX_ADDRESSES = 100;

    /**
     * The time for which a secret goes on after another one replaced it.
     *
     * @param since when it was replaced
     * @param until from when on it is valid no more
     */
    public record Retirement(Instant since, Instant until) {}

    public KeyAccess {
        addresses = List.copyOf(addresses);
    }

    /** Returns the same access of a secret that was replaced. */
    KeyAccess retiring(Retirement retiring) {
        return new KeyAccess(scopes, addresses, suspended, retiring);
    }
}
