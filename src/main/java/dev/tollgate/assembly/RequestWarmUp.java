package dev.tollgate.assembly;

import dev.tollgate.config.SettingCatalog;
import dev.tollgate.config.Settings;
import dev.tollgate.core.account.AccountDirectory;
import dev.tollgate.core.account.ApiKey;
import dev.tollgate.core.account.ApiKeyFormat;
import dev.tollgate.core.account.KeyCache;
import dev.tollgate.core.account.ResolvedKey;
import dev.tollgate.core.limit.AccountStateSource.AccountState;
import dev.tollgate.core.limit.Ban;
import dev.tollgate.core.limit.BanSink;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.FailureMode;
import dev.tollgate.core.limit.InMemoryGateStore;
import dev.tollgate.core.limit.Tier;
import dev.tollgate.core.limit.ViolationLog;
import dev.tollgate.core.trace.Tracing;
import dev.tollgate.gate.ApiKeyCache;
import dev.tollgate.gate.BanCache;
import dev.tollgate.gate.CircuitBreaker;
import dev.tollgate.gate.DecisionAuditor;
import dev.tollgate.gate.DecisionCounts;
import dev.tollgate.gate.Gate;
import dev.tollgate.gate.TierCache;
import dev.tollgate.gate.WarmUpRounds;
import dev.tollgate.gate.lease.Leases;
import dev.tollgate.gate.lease.SystemClock;
import dev.tollgate.http.address.ForwardedAddressResolver;
import dev.tollgate.http.filter.ApiKeyCredential;
import dev.tollgate.http.filter.CallerResolver;
import dev.tollgate.http.filter.GateRequestFactory;
import dev.tollgate.http.filter.RateLimitFilter;
import dev.tollgate.http.filter.RateLimitHeaders;
import dev.tollgate.http.filter.RequestListener;
import dev.tollgate.http.filter.WarmUpExchange;
import dev.tollgate.http.principal.PrincipalResolver;
import dev.tollgate.http.route.RoutePolicies;
import dev.tollgate.http.servlet.CrossOrigin;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;

/**
 * Requests through a filter, made at the start: from the API key to the header fields, admitted from leases. The filter has
 * stores of its own in memory, so nothing is charged, counted or recorded. The Java machine thereby compiles what every request
 * runs before the first one comes.
 */
final class RequestWarmUp {

    private static final Duration WAIT = Duration.ofSeconds(1);
    private static final LongSupplier CLOCK = System::currentTimeMillis;
    private static final String TIER = "warm-up";

    private static final int REQUESTS_PER_ROUND = 1_000;

    /** An account that nobody has. */
    private static final class Nobody implements AccountDirectory, KeyCache {

        private final ResolvedKey key = new ResolvedKey(
                new ApiKey("warm-up", "warm-up", "warm-up", "tg_warm", true, Instant.EPOCH, null, OptionalLong.empty()),
                TIER);

        @Override
        public Optional<ResolvedKey> findByHash(String hash) {
            return Optional.of(key);
        }

        @Override
        public Optional<String> tierOf(String accountId) {
            return Optional.of(TIER);
        }

        @Override
        public List<Tier> tiers() {
            OptionalLong ample = OptionalLong.of(Tier.MAX_LIMIT);
            return List.of(new Tier(TIER, ample, ample));
        }

        @Override
        public CompletionStage<Optional<Cached>> find(String hash) {
            return CompletableFuture.completedStage(Optional.of(new Cached(key, CLOCK.getAsLong())));
        }

        @Override
        public CompletionStage<Void> fill(String hash, ResolvedKey known, long asOfMillis) {
            return CompletableFuture.completedStage(null);
        }
    }

    private static final BanSink NO_BANS = new BanSink() {
        @Override
        public void keep(Caller caller, Ban ban) {}

        @Override
        public void supersede(Caller caller) {}
    };

    private static final ViolationLog NO_VIOLATIONS = new ViolationLog() {
        @Override
        public void note(Caller caller, Violation violation) {}

        @Override
        public CompletionStage<Known> of(Caller caller) {
            return CompletableFuture.completedStage(new Known(0, 0, List.of()));
        }
    };

    private final Leases leases;
    private final RateLimitFilter filter;
    private final WarmUpExchange exchange =
            new WarmUpExchange(ApiKeyFormat.STANDARD.generate().reveal());

    private int passed;

    /**
     * @param delay runs the calls for leases
     */
    RequestWarmUp(Settings settings, Leases.Delay delay) {
        Nobody nobody = new Nobody();
        InMemoryGateStore store = new InMemoryGateStore(CLOCK, 1);
        leases = new Leases(store, new SystemClock(), delay, settings.get(SettingCatalog.LEASE_LENGTH), 1, TIER);
        Gate gate = new Gate(
                store,
                store,
                leases,
                (caller, month) -> CompletableFuture.completedStage(AccountState.NONE),
                new BanCache(1, CLOCK),
                NO_BANS,
                CircuitBreaker.beforeRedis(WAIT),
                WAIT,
                WAIT,
                FailureMode.OPEN);
        TierCache tiers = new TierCache(nobody);
        tiers.reload();
        GateRequestFactory requests = GateRequestFactory.create(settings, tiers);
        RoutePolicies policies = RoutePolicies.ofApplication(Optional.empty());
        ForwardedAddressResolver addresses = ForwardedAddressResolver.of(settings);
        ApiKeyCache keys = new ApiKeyCache(nobody, nobody, WAIT, WAIT, 1);
        filter = new RateLimitFilter(
                () -> policies,
                new CallerResolver(
                        addresses,
                        keys,
                        gate,
                        requests,
                        CLOCK,
                        ApiKeyCredential.amongOthers(ApiKeyFormat.STANDARD),
                        PrincipalResolver.off(addresses, keys, nobody)),
                requests,
                gate,
                new RateLimitHeaders(false),
                CrossOrigin.OFF,
                new RequestListener(
                        new DecisionAuditor(
                                event -> {},
                                NO_VIOLATIONS,
                                (caller, month, percent, quota) -> CompletableFuture.completedStage(false)),
                        new DecisionCounts(),
                        Tracing.NONE,
                        event -> {},
                        refused -> {},
                        CLOCK));
    }

    /**
     * Goes on until requests stop getting faster, one is refused, or the time is over.
     *
     * @return how many requests passed
     */
    int run(Duration atMost) {
        WarmUpRounds.run(atMost, this::sendRound);
        leases.close();
        return passed;
    }

    private boolean sendRound() {
        for (int i = 0; i < REQUESTS_PER_ROUND; i++) {
            if (!exchange.send(filter)) {
                return false;
            }
            passed++;
        }
        return true;
    }

    /** Returns how many of the requests were admitted from a lease. */
    long leased() {
        return leases.counts().unitsSpent();
    }
}
