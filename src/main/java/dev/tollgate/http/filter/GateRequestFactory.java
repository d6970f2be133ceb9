package dev.tollgate.http.filter;

import dev.tollgate.config.BadSettingException;
import dev.tollgate.config.SettingCatalog;
import dev.tollgate.config.Settings;
import dev.tollgate.core.account.LimitOverride;
import dev.tollgate.core.account.ResolvedKey;
import dev.tollgate.core.limit.BanLadder;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.FailureMode;
import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.core.limit.Tier;
import dev.tollgate.core.limit.WindowPolicy;
import dev.tollgate.core.stats.SlotCache;
import dev.tollgate.gate.TierCache;
import dev.tollgate.http.address.CidrSet;
import dev.tollgate.http.address.ForwardedAddressResolver.Client;
import dev.tollgate.http.route.RoutePolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A factory of gate requests: it finds the limits of a caller in tiers, keys, routes, ban ladders and the allow-list. Thread-safe. */
public final class GateRequestFactory {

    /** Guesses a minute, also where callers without a key may do more. */
    private static final long GUESSES = 10;

    private static final int SLOTS = 1_024;

    private final SlotCache<Windows> latest = new SlotCache<>(SLOTS);
    private final TierCache tiers;
    private final BanLadder accountLadder;
    private final BanLadder addressLadder;
    private final Set<String> allowedAccounts;
    private final CidrSet allowedAddresses;
    private final FailureMode failureMode;
    private final LongSupplier clock;

    /**
     * @param tiers the tiers in force
     * @param ladder the ban ladder; addresses get it without its permanent step
     * @param allowedAccounts accounts never limited nor banned
     * @param allowedAddresses client addresses never limited nor banned
     * @param failureMode what answers where a route does not say otherwise
     * @param clock milliseconds since the epoch, for the ends of overrides
     */
    public GateRequestFactory(
            TierCache tiers,
            BanLadder ladder,
            Set<String> allowedAccounts,
            CidrSet allowedAddresses,
            FailureMode failureMode,
            LongSupplier clock) {
        this.tiers = tiers;
        this.accountLadder = ladder;
        this.addressLadder = ladder.withoutPermanent();
        this.allowedAccounts = Set.copyOf(allowedAccounts);
        this.allowedAddresses = allowedAddresses;
        this.failureMode = failureMode;
        this.clock = clock;
    }

    /**
     * As the settings say.
     *
     * @throws BadSettingException if an address range is none
     */
    public static GateRequestFactory create(Settings settings, TierCache tiers) {
        return new GateRequestFactory(
                tiers,
                new BanLadder(settings.get(SettingCatalog.BAN_STEPS), settings.get(SettingCatalog.BAN_MEMORY)),
                Set.copyOf(settings.get(SettingCatalog.ALLOW_ACCOUNTS)),
                settings.get(SettingCatalog.ALLOW_ADDRESSES, CidrSet::new),
                settings.get(SettingCatalog.REDIS_FAILURE_MODE),
                System::currentTimeMillis);
    }

    /** Whether the caller or the address of a request is on the allow-list. */
    boolean allows(RequestContext context) {
        return (context.key() != null
                        && allowedAccounts.contains(context.caller().id()))
                || allows(context.client());
    }

    /** Whether an address is on the allow-list; one that headers disagree about never is. */
    boolean allows(Client client) {
        return !allowedAddresses.isEmpty() && !client.doubtful() && allowedAddresses.contains(client.address());
    }

    /** Returns what has to be decided about a request whose caller is known. */
    GateRequest create(RequestContext context) {
        ResolvedKey key = context.key();
        RoutePolicy route = context.route();
        Tier tier = key == null ? tiers.anonymous() : tiers.get(key.tier());
        LimitOverride own = key == null ? null : key.override();
        if (own != null && !own.isInForce(clock.getAsLong())) {
            own = null;
        }
        List<WindowPolicy> windows = windows(own == null ? tier.windows() : own.windowsOver(tier), route, key);
        GateRequest request = new GateRequest(
                context.caller(),
                windows,
                key == null ? OptionalLong.empty() : own == null ? tier.monthlyQuota() : own.quotaOver(tier),
                route.cost(),
                ladder(context.caller()),
                mode(route));
        // A web page causes preflights, not its visitor. So they never ban the visitor's address.
        return context.isPreflightOfAddress() ? request.withoutViolation() : request;
    }

    /** Returns the windows that apply: the same list as long as nothing changes, so that leases know it by its identity. */
    private List<WindowPolicy> windows(List<WindowPolicy> tier, RoutePolicy route, @Nullable ResolvedKey key) {
        // Null where the key has no window of its own.
        String keyWindow = key == null || key.key().windowLimit().isEmpty()
                ? null
                : key.key().id();
        int hash = 31 * hash(tier) + route.name().hashCode() + (keyWindow == null ? 0 : keyWindow.hashCode());
        OptionalLong keyLimit = key == null || keyWindow == null
                ? OptionalLong.empty()
                : key.key().windowLimit();
        Windows known = latest.get(hash);
        if (known == null || !known.areOf(tier, route, keyWindow, keyLimit)) {
            known = latest.put(hash, Windows.of(tier, route, keyWindow, keyLimit));
        }
        return known.list();
    }

    /** A hash of windows that callers of one tier, or one account, have in common. Not their own hash, which takes longer. */
    private static int hash(List<WindowPolicy> windows) {
        int hash = windows.size();
        for (int i = 0; i < windows.size(); i++) {
            hash = 31 * hash
                    + Long.hashCode(windows.get(i).limit() + windows.get(i).windowMillis());
        }
        return hash;
    }

    /** The windows of a tier or account, a route and perhaps a key. */
    private record Windows(
            List<WindowPolicy> tier,
            Optional<WindowPolicy> route,
            @Nullable String key,
            OptionalLong keyLimit,
            List<WindowPolicy> list) {

        static Windows of(List<WindowPolicy> tier, RoutePolicy route, @Nullable String key, OptionalLong keyLimit) {
            List<WindowPolicy> windows = new ArrayList<>(GateRequest.MAX_WINDOWS);
            windows.addAll(tier);
            route.window().ifPresent(window -> windows.add(withNameOfItsOwn(window, tier)));
            keyLimit.ifPresent(limit -> windows.add(WindowPolicy.ofKey(Objects.requireNonNull(key), limit)));
            return new Windows(tier, route.window(), key, keyLimit, List.copyOf(windows));
        }

        /** Policies are told apart by their names, and servers' route files do not know the windows of tiers. */
        private static WindowPolicy withNameOfItsOwn(WindowPolicy route, List<WindowPolicy> tier) {
            boolean taken = tier.stream().anyMatch(window -> window.name().equals(route.name()));
            return taken ? route.named("route-" + route.name()) : route;
        }

        boolean areOf(
                List<WindowPolicy> otherTier,
                RoutePolicy otherRoute,
                @Nullable String otherKey,
                OptionalLong otherLimit) {
            return (tier == otherTier || tier.equals(otherTier))
                    && route.equals(otherRoute.window())
                    && Objects.equals(key, otherKey)
                    && keyLimit.equals(otherLimit);
        }
    }

    private static GateRequest.Mode mode(RoutePolicy route) {
        GateRequest.Mode mode = GateRequest.Mode.of(!route.shadow(), route.charged());
        return mode == GateRequest.Mode.CHARGE && !route.lease() ? GateRequest.Mode.CHARGE_EXACT : mode;
    }

    /** What has to be decided about a guessed key: one request of the address it came from. */
    GateRequest createForGuess(Caller address) {
        // At least one: above a limit of nothing a guess would be no violation.
        long limit =
                Math.max(1, Math.min(GUESSES, tiers.anonymous().windowLimit().orElse(GUESSES)));
        List<WindowPolicy> windows = List.of(WindowPolicy.minute(limit));
        return GateRequest.charge(address, windows, OptionalLong.empty(), 1, addressLadder);
    }

    /** The ladder for a caller. */
    BanLadder ladder(Caller caller) {
        return caller.isAccount() ? accountLadder : addressLadder;
    }

    /** What answers where a route does not say otherwise. */
    FailureMode failureMode() {
        return failureMode;
    }
}
