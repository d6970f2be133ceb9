package dev.tollgate.http.principal;

import dev.tollgate.config.SettingCatalog;
import dev.tollgate.config.Settings;
import dev.tollgate.core.account.AccountDirectory;
import dev.tollgate.core.account.DatabaseUnavailableException;
import dev.tollgate.core.account.PrincipalName;
import dev.tollgate.core.account.ResolvedKey;
import dev.tollgate.gate.ApiKeyCache;
import dev.tollgate.gate.PrincipalAccounts;
import dev.tollgate.http.address.ForwardedAddressResolver;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * A resolver of callers without an API key: it finds the account of the principal that a request comes from, and makes one at
 * first sight where the settings say so. Thread-safe; blocks for Redis and the database as the look-up of a key does.
 */
public final class PrincipalResolver {

    private final PrincipalSource source;
    private final ForwardedAddressResolver addresses;
    private final ApiKeyCache keys;
    private final PrincipalAccounts accounts;
    private final List<RoleTier> tiers;

    /**
     * The tier of a new account.
     *
     * @param role a role of the principal, or {@code *} for all
     * @param tier the tier's name
     */
    public record RoleTier(String role, String tier) {

        static final String ALL = "*";

        /**
         * Reads {@code ROLE=TIER}.
         *
         * @throws IllegalArgumentException if the text has another form
         */
        public static RoleTier parse(String text) {
            int equals = text.lastIndexOf('=');
            if (equals < 1 || equals == text.length() - 1) {
                throw new IllegalArgumentException("must be a list of ROLE=TIER");
            }
            return new RoleTier(
                    text.substring(0, equals).strip(),
                    text.substring(equals + 1).strip());
        }
    }

    /**
     * @param source where principals are read from
     * @param addresses knows the trusted proxies
     * @param keys resolves principals like keys
     * @param accounts makes accounts at first sight, or does not
     * @param tiers the tiers of new accounts; the first whose role the principal has decides
     */
    public PrincipalResolver(
            PrincipalSource source,
            ForwardedAddressResolver addresses,
            ApiKeyCache keys,
            PrincipalAccounts accounts,
            List<RoleTier> tiers) {
        this.source = source;
        this.addresses = addresses;
        this.keys = keys;
        this.accounts = accounts;
        this.tiers = List.copyOf(tiers);
    }

    /** Returns one that finds no principal. */
    public static PrincipalResolver off(
            ForwardedAddressResolver addresses, ApiKeyCache keys, AccountDirectory directory) {
        return new PrincipalResolver(
                PrincipalSource.OFF, addresses, keys, new PrincipalAccounts(false, 0, directory), List.of());
    }

    /**
     * As the settings say.
     *
     * @throws dev.tollgate.config.BadSettingException if a setting cannot be used
     */
    public static PrincipalResolver create(
            Settings settings, ForwardedAddressResolver addresses, ApiKeyCache keys, PrincipalAccounts accounts) {
        return new PrincipalResolver(
                PrincipalSource.of(settings),
                addresses,
                keys,
                accounts,
                settings.get(
                        SettingCatalog.PRINCIPALS_TIERS,
                        texts -> texts.stream().map(RoleTier::parse).toList()));
    }

    /**
     * Finds the account of a request's principal.
     *
     * @param mayAsk asked before the database is: whether an unknown principal may be looked up there, which it may be only as
     *     often as its address may send requests
     * @return empty if the request has no principal, or one that has no account
     * @throws DatabaseUnavailableException if neither Redis nor PostgreSQL can say
     */
    public Optional<ResolvedKey> resolve(HttpServletRequest request, BooleanSupplier mayAsk) {
        Optional<PrincipalName> name = source.read(request, addresses);
        if (name.isEmpty()) {
            return Optional.empty();
        }
        // Whom the container has authenticated is somebody, and cannot be invented by the thousand.
        boolean invented = source.kind() == PrincipalSource.Kind.HEADER;
        Optional<ResolvedKey> found;
        try {
            found = keys.find(name.get().hash(), () -> false, () -> !invented || mayAsk.getAsBoolean());
        } catch (ApiKeyCache.LookupRefusedException e) {
            return Optional.empty();
        }
        return found.isPresent() || !accounts.areMade() ? found : make(name.get(), request);
    }

    private Optional<ResolvedKey> make(PrincipalName name, HttpServletRequest request) {
        for (RoleTier tier : tiers) {
            if (tier.role().equals(RoleTier.ALL) || hasRole(request, tier.role())) {
                try {
                    Optional<ResolvedKey> made = accounts.make(name, tier.tier());
                    made.ifPresent(known -> keys.forget(name.hash()));
                    return made;
                } catch (DatabaseUnavailableException e) {
                    // It is known to have no account, so it is its address until one can be made.
                    return Optional.empty();
                }
            }
        }
        return Optional.empty();
    }

    /** A proxy names a principal and no roles; those that the container knows would be the proxy's own. */
    private boolean hasRole(HttpServletRequest request, String role) {
        return source.kind() == PrincipalSource.Kind.CONTAINER && request.isUserInRole(role);
    }
}
