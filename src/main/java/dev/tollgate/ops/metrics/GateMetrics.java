package dev.tollgate.ops.metrics;

import dev.tollgate.config.SettingCatalog;
import dev.tollgate.config.Settings;
import dev.tollgate.gate.ApiKeyCache;
import dev.tollgate.gate.BanCache;
import dev.tollgate.gate.CacheCounters;
import dev.tollgate.gate.CircuitBreaker;
import dev.tollgate.gate.DecisionCounts;
import dev.tollgate.gate.Gate;
import dev.tollgate.gate.PrincipalAccounts;
import dev.tollgate.ops.metrics.Metrics.Sample;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/** Metrics of decisions and of the node's caches. */
@Dependent
public class GateMetrics {

    // There from the start, so that the first event is a rise from 0.
    private static final List<String> LIMITS = List.of("minute", "month");

    private static final List<String> KEY_REFUSALS = List.of(
            "CONCURRENCY_LIMIT_EXCEEDED",
            "DIRECTORY_UNAVAILABLE",
            "EXPIRED_API_KEY",
            "ADDRESS_NOT_ALLOWED",
            "PRINCIPAL_REQUIRED",
            "INSUFFICIENT_SCOPE",
            "INACTIVE_API_KEY",
            "INVALID_API_KEY",
            "INVALID_PARAMETER",
            "MISSING_API_KEY");

    @Inject
    private Settings settings;

    @Inject
    private DecisionCounts decisions;

    @Inject
    private Gate gate;

    @Inject
    private ApiKeyCache keys;

    @Inject
    private BanCache bans;

    @Inject
    private PrincipalAccounts principals;

    void add(Metrics metrics) {
        metrics.counters(
                        "tollgate_decisions_total",
                        "Decided requests, by outcome, the caller's tier, route policy and its mode, and the source of the decision:"
                                + " store (Redis), lease, memory (a ban), local, open or closed.",
                        List.of("outcome", "tier", "policy", "mode", "source"),
                        this::decisions)
                .counters(
                        "tollgate_violated_limits_total",
                        "Refused requests, by the limit that was exceeded, as RateLimit names it.",
                        List.of("limit"),
                        () -> MetricsProducers.byLabel(decisions.violatedLimits(), LIMITS))
                .counters(
                        "tollgate_key_refusals_total",
                        "Requests refused before a decision, because of their key, path, address or number at once, by the code of the problem.",
                        List.of("code"),
                        () -> MetricsProducers.byLabel(decisions.refusedByCode(), KEY_REFUSALS))
                .counters(
                        "tollgate_bans_applied_total",
                        "Bans the gate applied on this node, by level.",
                        List.of("level"),
                        () -> MetricsProducers.byLabel(decisions.bansByLevel(), levels()))
                .counter(
                        "tollgate_allowed_requests_total",
                        "Requests of callers on the allow list, which are not limited.",
                        decisions::allowedRequests)
                .counter(
                        "tollgate_undecided_requests_total",
                        "Requests that the failure mode answered, since Redis did not decide in time or the circuit breaker was open.",
                        decisions::undecidedRequests)
                .counters(
                        "tollgate_principal_accounts_total",
                        "Accounts for principals at first sight: made by this node, or refused for the moment or for good.",
                        List.of("outcome"),
                        this::principalAccounts)
                .gauges(
                        "tollgate_breaker_state",
                        "1 for the current state of the circuit breaker in front of Redis.",
                        List.of("state"),
                        this::breaker)
                .gauge("tollgate_bans_remembered", "Active bans in the cache of this node.", bans::size)
                .counter(
                        "tollgate_key_cache_hits_total",
                        "Lookups of API keys found in the cache of this node.",
                        () -> cache().hits())
                .counter(
                        "tollgate_key_cache_misses_total",
                        "Lookups of API keys not in the cache of this node, which went to Redis and perhaps to PostgreSQL.",
                        () -> cache().misses())
                .counter(
                        "tollgate_key_cache_evictions_total",
                        "API keys removed from the cache of this node, for lack of space or by expiry.",
                        () -> cache().evictions())
                .gauge(
                        "tollgate_key_cache_entries",
                        "API keys in the cache of this node, including unknown ones.",
                        () -> cache().entries());
    }

    private List<String> levels() {
        return settings.get(SettingCatalog.BAN_STEPS).stream()
                .map(step -> step.level().label())
                .distinct()
                .toList();
    }

    private CacheCounters cache() {
        return keys.counts();
    }

    private Collection<Sample> decisions() {
        return decisions.counts().stream()
                .map(count -> new Sample(
                        List.of(
                                lower(count.outcome()),
                                count.tier(),
                                count.policy(),
                                count.shadow() ? "shadow" : "enforce",
                                lower(count.source())),
                        count.requests()))
                .toList();
    }

    private Collection<Sample> principalAccounts() {
        return List.of(Sample.of("made", principals.made()), Sample.of("refused", principals.refused()));
    }

    private Collection<Sample> breaker() {
        CircuitBreaker.State now = gate.breakerState();
        return Arrays.stream(CircuitBreaker.State.values())
                .map(state -> Sample.of(lower(state), state == now ? 1 : 0))
                .toList();
    }

    /** Returns the name of a constant in lower case, as labels have it. */
    public static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
