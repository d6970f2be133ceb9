package dev.tollgate.core.usage;

import java.time.LocalDate;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * The usage of one API key: its counts, by provider, by day, and by both. Immutable.
 *
 * @param totals the key's own counts
 * @param providers counts by provider
 * @param days counts by UTC day
 * @param providerDays counts by provider and UTC day
 */
public record KeyUsage(
        UsageCounts totals,
        Map<String, UsageCounts> providers,
        Map<LocalDate, UsageCounts> days,
        Map<ProviderDay, UsageCounts> providerDays) {

    /** One provider on one UTC day. */
    public record ProviderDay(String provider, LocalDate day) implements Comparable<ProviderDay> {
        @Override
        public int compareTo(ProviderDay other) {
            int byDay = day.compareTo(other.day);
            return byDay != 0 ? byDay : provider.compareTo(other.provider);
        }
    }

    /** Nothing pending. */
    public static final KeyUsage NONE = new KeyUsage(UsageCounts.NONE, Map.of(), Map.of(), Map.of());

    public KeyUsage {
        providers = Map.copyOf(providers);
        days = Map.copyOf(days);
        providerDays = Map.copyOf(providerDays);
    }

    /** Returns the usage of one event. */
    public static KeyUsage of(UsageEvent event) {
        UsageCounts counts = UsageCounts.of(event);
        return new KeyUsage(
                counts,
                Map.of(event.provider(), counts),
                Map.of(event.day(), counts),
                Map.of(new ProviderDay(event.provider(), event.day()), counts));
    }

    /** Returns events of one key, added up by provider and day. */
    public static Map<ProviderDay, UsageCounts> merged(Iterable<UsageEvent> events) {
        Map<ProviderDay, UsageAccumulator> tallies = new TreeMap<>();
        for (UsageEvent event : events) {
            tallies.computeIfAbsent(new ProviderDay(event.provider(), event.day()), at -> new UsageAccumulator())
                    .add(event);
        }
        Map<ProviderDay, UsageCounts> counts = new TreeMap<>();
        tallies.forEach((at, accumulator) -> counts.put(at, accumulator.counts()));
        return counts;
    }

    /** Returns all counts of a key, from those by provider and day. */
    public static KeyUsage of(Map<ProviderDay, UsageCounts> providerDays) {
        UsageCounts totals = UsageCounts.NONE;
        Map<String, UsageCounts> providers = new TreeMap<>();
        Map<LocalDate, UsageCounts> days = new TreeMap<>();
        for (Map.Entry<ProviderDay, UsageCounts> entry : providerDays.entrySet()) {
            UsageCounts counts = entry.getValue();
            totals = totals.plus(counts);
            providers.merge(entry.getKey().provider(), counts, UsageCounts::plus);
            days.merge(entry.getKey().day(), counts, UsageCounts::plus);
        }
        return new KeyUsage(totals, providers, days, providerDays);
    }

    /** Returns the same usage with providers renamed; those that get the same name are added up. */
    public KeyUsage renamingProviders(UnaryOperator<String> name) {
        Map<String, UsageCounts> renamed = new TreeMap<>();
        providers.forEach((provider, counts) -> renamed.merge(name.apply(provider), counts, UsageCounts::plus));
        Map<ProviderDay, UsageCounts> renamedDays = new TreeMap<>();
        providerDays.forEach((at, counts) ->
                renamedDays.merge(new ProviderDay(name.apply(at.provider()), at.day()), counts, UsageCounts::plus));
        return new KeyUsage(totals, renamed, days, renamedDays);
    }

    /** Returns whether nothing is pending. */
    public boolean isEmpty() {
        return totals.isEmpty() && providerDays.isEmpty();
    }

    /** Returns the sum of both; commutative and associative. */
    public KeyUsage plus(KeyUsage more) {
        return new KeyUsage(
                totals.plus(more.totals),
                merge(providers, more.providers),
                merge(days, more.days),
                merge(providerDays, more.providerDays));
    }

    private static <K extends Comparable<? super K>> Map<K, UsageCounts> merge(
            Map<K, UsageCounts> some, Map<K, UsageCounts> more) {
        Map<K, UsageCounts> merged = new TreeMap<>(some);
        more.forEach((key, counts) -> merged.merge(key, counts, UsageCounts::plus));
        return merged;
    }
}
