package dev.tollgate.ops.metrics;

import dev.tollgate.gate.ApiKeyCache;
import dev.tollgate.gate.BanCache;
import dev.tollgate.gate.CacheCounters;
import dev.tollgate.gate.CircuitBreaker;
import dev.tollgate.gate.DecisionCounts;
import dev.tollgate.gate.Gate;
import dev.tollgate.ops.metrics.Metrics.Sample;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/** What is counted of decisions and of what this node remembers. */
@Dependent
public class GateMetrics {

    @Inject
    private DecisionCounts decisions;

    @Inject
    private Gate gate;

    @Inject
    private ApiKeyCache keys;

    @Inject
    private BanCache bans;

    void add(Metrics metrics) {
        metrics.counters(
                        "tollgate_decisions_total",
                        "Requests decided, by outcome, the caller's tier, route policy, its mode, and who decided.",
                        List.of("outcome", "tier", "policy", "mode", "source"),
                        this::decisions)
                .counters(
                        "tollgate_violated_limits_total",
                        "Refusals by the limit that was reached, by its name in RateLimit.",
                        List.of("limit"),
                        () -> MetricsProducers.byLabel(decisions.violatedLimits()))
                .counters(
                        "tollgate_key_refusals_total",
                        "Requests refused for their key, their path or their address, by the problem's code.",
                        List.of("code"),
                        () -> MetricsProducers.byLabel(decisions.refusedByCode()))
                .counters(
                        "tollgate_bans_applied_total",
                        "Bans the gate applied on this node, by level.",
                        List.of("level"),
                        () -> MetricsProducers.byLabel(decisions.bansByLevel()))
                .counter(
                        "tollgate_allowed_requests_total",
                        "Requests of the allow-list, which are not decided about.",
                        decisions::allowedRequests)
                .counter(
                        "tollgate_undecided_requests_total",
                        "Requests Redis did not decide in time; the failure mode answered.",
                        gate::timeouts)
                .gauges(
                        "tollgate_breaker_state",
                        "1 for the state the breaker before Redis is in.",
                        List.of("state"),
                        this::breaker)
                .gauge("tollgate_bans_remembered", "Bans in force that this node remembers.", bans::size)
                .counter(
                        "tollgate_key_cache_hits_total",
                        "Look-ups of API keys this node's memory answered.",
                        () -> cache().hits())
                .counter(
                        "tollgate_key_cache_misses_total",
                        "Look-ups of API keys that went on to Redis, and perhaps to PostgreSQL.",
                        () -> cache().misses())
                .counter(
                        "tollgate_key_cache_evictions_total",
                        "API keys this node forgot for want of space or because their time was up.",
                        () -> cache().evictions())
                .gauge(
                        "tollgate_key_cache_entries",
                        "API keys this node remembers, unknown ones among them.",
                        () -> cache().entries());
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

    private Collection<Sample> breaker() {
        CircuitBreaker.State now = gate.breakerState();
        return Arrays.stream(CircuitBreaker.State.values())
                .map(state -> Sample.of(lower(state), state == now ? 1 : 0))
                .toList();
    }

    public static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
