package dev.tollgate.gate;

import dev.tollgate.core.limit.Ban;
import dev.tollgate.core.limit.Decision;
import dev.tollgate.core.stats.BoundedCounters;
import dev.tollgate.core.traffic.TrafficCounts;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counters of decisions since the start, by outcome, tier, route policy, mode and source. Nothing is counted by key, account
 * or address. Operators choose the names of tiers and policies; names beyond a bound are counted as {@value
 * BoundedCounters#OTHER}. Thread-safe.
 */
public final class DecisionCounts {

    private static final int MAX_POLICIES = 100;
    private static final int MAX_TIERS = 30;
    private static final int MAX_LIMITS = 100;
    private static final int MAX_CODES = 20;
    private static final int MAX_LEVELS = 20;

    private static final Outcome[] OUTCOMES = Outcome.values();
    private static final GateResult.Source[] SOURCES = GateResult.Source.values();

    /** The outcome of a request. */
    public enum Outcome {
        ADMITTED,
        RATE_LIMITED,
        QUOTA_EXCEEDED,
        COST_EXCEEDS_LIMIT,
        BANNED,
        /** Not decided, and admitted by the failure mode. */
        PASSED,
        /** Not decided, and refused by the failure mode. */
        UNAVAILABLE;

        private final String label = name().toLowerCase(Locale.ROOT);

        /** As metrics and spans name it. */
        public String label() {
            return label;
        }
    }

    /**
     * One count.
     *
     * @param outcome what became of them
     * @param tier the caller's tier
     * @param policy the route policy's name
     * @param shadow whether the policy only watches
     * @param source who decided
     * @param requests how many
     */
    public record Count(
            Outcome outcome, String tier, String policy, boolean shadow, GateResult.Source source, long requests) {}

    private final Map<String, Map<String, LongAdder[]>> byPolicy = new ConcurrentHashMap<>();
    private final BoundedCounters limits = new BoundedCounters(MAX_LIMITS);
    private final BoundedCounters codes = new BoundedCounters(MAX_CODES);
    private final BoundedCounters levels = new BoundedCounters(MAX_LEVELS);
    private final LongAdder allowed = new LongAdder();

    /**
     * Counts a decision.
     *
     * @param policy the route policy's name
     * @param tier the caller's tier
     * @param shadow whether the policy only watches
     * @return what it was counted as
     */
    public Outcome count(String policy, String tier, boolean shadow, GateResult answer) {
        Outcome outcome = outcome(answer);
        cells(policy, tier)[index(outcome, answer.source(), shadow)].increment();
        if (outcome != Outcome.ADMITTED && answer.decision().isPresent()) {
            Decision decision = answer.decision().get();
            decision.violated().forEach(limits::count);
            if (decision.banApplied()) {
                levels.count(decision.ban().map(Ban::level).orElseThrow().label());
            }
        }
        return outcome;
    }

    /** Counts a request that was refused before anything had to be decided: its key is missing, unknown, expired ... */
    public void refused(String code) {
        codes.count(code);
    }

    /** Counts a request of the allow-list. */
    public void allowed() {
        allowed.increment();
    }

    private static Outcome outcome(GateResult answer) {
        if (answer.decision().isEmpty()) {
            return answer.passes() ? Outcome.PASSED : Outcome.UNAVAILABLE;
        }
        return switch (answer.decision().get().outcome()) {
            case ADMITTED -> Outcome.ADMITTED;
            case RATE_LIMITED -> Outcome.RATE_LIMITED;
            case QUOTA_EXCEEDED -> Outcome.QUOTA_EXCEEDED;
            case COST_EXCEEDS_LIMIT -> Outcome.COST_EXCEEDS_LIMIT;
            case BANNED -> Outcome.BANNED;
        };
    }

    private LongAdder[] cells(String policy, String tier) {
        Map<String, LongAdder[]> tiers = byPolicy.get(policy);
        if (tiers == null) {
            String bounded = byPolicy.size() < MAX_POLICIES ? policy : BoundedCounters.OTHER;
            tiers = byPolicy.computeIfAbsent(bounded, unused -> new ConcurrentHashMap<>());
        }
        LongAdder[] cells = tiers.get(tier);
        if (cells == null) {
            String bounded = tiers.size() < MAX_TIERS ? tier : BoundedCounters.OTHER;
            cells = tiers.computeIfAbsent(bounded, unused -> newCells());
        }
        return cells;
    }

    private static LongAdder[] newCells() {
        LongAdder[] cells = new LongAdder[OUTCOMES.length * SOURCES.length * 2];
        for (int i = 0; i < cells.length; i++) {
            cells[i] = new LongAdder();
        }
        return cells;
    }

    private static int index(Outcome outcome, GateResult.Source source, boolean shadow) {
        return (outcome.ordinal() * SOURCES.length + source.ordinal()) * 2 + (shadow ? 1 : 0);
    }

    /** The decisions there were; what never happened is left out. */
    public List<Count> counts() {
        List<Count> counts = new ArrayList<>();
        byPolicy.forEach((policy, tiers) -> tiers.forEach((tier, cells) -> {
            for (Outcome outcome : OUTCOMES) {
                for (GateResult.Source source : SOURCES) {
                    for (boolean shadow : new boolean[] {false, true}) {
                        long requests = cells[index(outcome, source, shadow)].sum();
                        if (requests > 0) {
                            counts.add(new Count(outcome, tier, policy, shadow, source, requests));
                        }
                    }
                }
            }
        }));
        return counts;
    }

    /** How many requests had which outcome, all outcomes in order, by their names in lower case. */
    public Map<String, Long> byOutcome() {
        Map<String, Long> sums = new LinkedHashMap<>();
        for (Outcome outcome : OUTCOMES) {
            sums.put(outcome.name().toLowerCase(Locale.ROOT), 0L);
        }
        counts().forEach(count ->
                sums.merge(count.outcome().name().toLowerCase(Locale.ROOT), count.requests(), Long::sum));
        return sums;
    }

    /** Returns how many requests a source decided. */
    public long bySource(GateResult.Source source) {
        return bySources(Set.of(source));
    }

    private long bySources(Set<GateResult.Source> sources) {
        return counts().stream()
                .filter(count -> sources.contains(count.source()))
                .mapToLong(Count::requests)
                .sum();
    }

    /** Returns how many requests the failure mode answered, because the store did not decide or was not asked. */
    public long undecidedRequests() {
        return bySources(Set.of(GateResult.Source.LOCAL, GateResult.Source.OPEN, GateResult.Source.CLOSED));
    }

    /** All of them as traffic; uploads are not counted here. */
    public TrafficCounts traffic() {
        long admitted = 0;
        long limited = 0;
        long banned = 0;
        long shadowLimited = 0;
        long undecided = 0;
        for (Count count : counts()) {
            switch (count.outcome()) {
                case ADMITTED -> admitted += count.requests();
                case BANNED -> banned += count.requests();
                case PASSED, UNAVAILABLE -> undecided += count.requests();
                case RATE_LIMITED, QUOTA_EXCEEDED, COST_EXCEEDS_LIMIT -> {
                    limited += count.shadow() ? 0 : count.requests();
                    shadowLimited += count.shadow() ? count.requests() : 0;
                }
            }
        }
        return new TrafficCounts(admitted, limited, banned, shadowLimited, undecided, 0, 0);
    }

    /** How often which limit refused a request, by its name as in {@code RateLimit}. */
    public Map<String, Long> violatedLimits() {
        return limits.counts();
    }

    /** How many requests were refused for their key, by the problem's code. */
    public Map<String, Long> refusedByCode() {
        return codes.counts();
    }

    /** How many bans were applied by the gate, by level. */
    public Map<String, Long> bansByLevel() {
        return levels.counts();
    }

    /** How many requests of the allow-list there were. */
    public long allowedRequests() {
        return allowed.sum();
    }
}
