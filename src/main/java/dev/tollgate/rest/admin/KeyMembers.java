package dev.tollgate.rest.admin;

import dev.tollgate.core.account.AddressParser;
import dev.tollgate.core.account.ApiKeys;
import dev.tollgate.core.account.KeyAccess;
import dev.tollgate.core.account.KeySettings;
import dev.tollgate.core.account.Scopes;
import dev.tollgate.core.limit.Tier;
import dev.tollgate.rest.support.JsonObjectReader;
import dev.tollgate.rest.support.TextValidation;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The members of a request that set something of an API key. As in a JSON merge patch (RFC 7396), an absent one leaves the
 * setting as it is, and null takes it away.
 */
final class KeyMembers {

    private final Optional<String> name;
    private final Optional<Optional<String>> note;
    private final Optional<Optional<Instant>> expiresAt;
    private final Optional<OptionalLong> windowLimit;
    private final Optional<Optional<Boolean>> postUsage;
    private final Optional<Scopes> scopes;
    private final Optional<List<String>> addresses;
    private final Optional<Boolean> suspended;

    /**
     * Reads the members, and none that does not set something of a key.
     *
     * @param networks checks networks
     * @param nowMillis the present, milliseconds since the epoch: a key cannot be given an end in the past
     */
    KeyMembers(JsonObjectReader members, AddressParser networks, long nowMillis) {
        this.name = members.optionalText("name", ApiKeys.MAX_NAME);
        this.note = given(members, "note", members.isNull("note") ? null : text(members));
        this.expiresAt = given(members, "expiresAt", future(members.instant("expiresAt"), nowMillis));
        this.windowLimit = members.has("windowLimit")
                ? Optional.of(members.number("windowLimit", Tier.MAX_LIMIT))
                : Optional.empty();
        this.postUsage = given(members, "postUsage", members.flagOrNull("postUsage"));
        this.scopes = members.has("scopes") ? Optional.of(scopes(members.texts("scopes"))) : Optional.empty();
        this.addresses = members.has("addresses")
                ? Optional.of(addresses(members.texts("addresses"), networks))
                : Optional.empty();
        this.suspended = members.has("suspended")
                ? Optional.of(Boolean.TRUE.equals(members.flagOrNull("suspended")))
                : Optional.empty();
    }

    /** Whether the request names the key. */
    boolean hasName() {
        return name.isPresent();
    }

    private static <T> Optional<Optional<T>> given(JsonObjectReader members, String name, @Nullable T value) {
        return members.has(name) ? Optional.of(Optional.ofNullable(value)) : Optional.empty();
    }

    private static @Nullable String text(JsonObjectReader members) {
        return members.optionalText("note", ApiKeys.MAX_NOTE).orElse(null);
    }

    private static @Nullable Instant future(@Nullable Instant end, long nowMillis) {
        if (end != null && end.toEpochMilli() <= nowMillis) {
            throw TextValidation.bad("expiresAt", "must be in the future");
        }
        return end;
    }

    private static Scopes scopes(List<String> names) {
        try {
            return Scopes.of(names);
        } catch (IllegalArgumentException e) {
            throw TextValidation.bad(
                    "scopes",
                    "must hold at most " + Scopes.MAX
                            + " scopes of 1 to 64 of a-z, 0-9, ':', '.', '_' and '-', which begin"
                            + " with a letter or digit");
        }
    }

    private static List<String> addresses(List<String> texts, AddressParser networks) {
        if (texts.size() > KeyAccess.MAX_ADDRESSES) {
            throw TextValidation.bad("addresses", "must hold at most " + KeyAccess.MAX_ADDRESSES + " networks");
        }
        List<String> distinct = texts.stream().map(String::strip).distinct().toList();
        try {
            networks.checkNetworks(distinct);
        } catch (IllegalArgumentException e) {
            throw TextValidation.bad("addresses", "must hold networks: " + e.getMessage());
        }
        return distinct;
    }

    /** Returns the settings with what the request sets. */
    KeySettings applyTo(KeySettings before) {
        return new KeySettings(
                name.orElse(before.name()),
                note.isPresent() ? note.get().orElse(null) : before.note(),
                expiresAt.isPresent() ? expiresAt.get().orElse(null) : before.expiresAt(),
                windowLimit.orElse(before.windowLimit()),
                postUsage.isPresent() ? postUsage.get().orElse(null) : before.postUsage(),
                scopes.orElse(before.scopes()),
                addresses.orElse(before.addresses()),
                suspended.orElse(before.suspended()));
    }

    /** Returns the settings that differ, by their names, for the audit trail. */
    static Map<String, String> differences(KeySettings before, KeySettings after) {
        Map<String, String> details = new TreeMap<>();
        difference(details, "name", before.name(), after.name());
        difference(details, "note", before.note(), after.note());
        difference(details, "expiresAt", before.expiresAt(), after.expiresAt());
        difference(details, "windowLimit", shown(before.windowLimit()), shown(after.windowLimit()));
        difference(details, "postUsage", before.postUsage(), after.postUsage());
        difference(details, "scopes", before.scopes(), after.scopes());
        difference(details, "addresses", before.addresses(), after.addresses());
        difference(details, "suspended", before.suspended(), after.suspended());
        return details;
    }

    private static void difference(
            Map<String, String> details, String name, @Nullable Object before, @Nullable Object after) {
        if (!Objects.equals(before, after)) {
            details.put(name, String.valueOf(after));
        }
    }

    private static @Nullable Object shown(OptionalLong limit) {
        return limit.isPresent() ? limit.getAsLong() : null;
    }
}
