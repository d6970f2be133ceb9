package dev.tollgate.core.account;

import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What administrators set of an API key, when they make it and later. One component for each setting, hence more than five.
 *
 * @param name what people call it, 1 to 200 characters
 * @param note what administrators want to remember of it, 1 to 1,000 characters; null for nothing
 * @param expiresAt when it stops being valid; null for never
 * @param windowLimit a window of its own in requests per 60 s; empty for none
 * @param postUsage whether usage may be posted with it; null if that is as {@code tollgate.usage.post} says
 * @param scopes what it may do on routes that ask for scopes
 * @param addresses the networks that it may be used from, valid CIDR; empty for any
 * @param suspended whether it is suspended
 */
public record KeySettings(
        String name,
        @Nullable String note,
        @Nullable Instant expiresAt,
        OptionalLong windowLimit,
        @Nullable Boolean postUsage,
        Scopes scopes,
        List<String> addresses,
        boolean suspended) {

    public KeySettings {
        addresses = List.copyOf(addresses);
    }

    /** Returns the settings of a key with nothing but a name. */
    public static KeySettings named(String name) {
        return new KeySettings(name, null, null, OptionalLong.empty(), null, Scopes.NONE, List.of(), false);
    }

    /** Returns what is set of a key. */
    public static KeySettings of(ApiKey key, @Nullable String note) {
        return new KeySettings(
                key.name(),
                note,
                key.expiresAt(),
                key.windowLimit(),
                key.postUsage(),
                key.access().scopes(),
                key.access().addresses(),
                key.access().suspended());
    }
}
