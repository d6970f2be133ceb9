package dev.tollgate.core.analytics;

import dev.tollgate.core.analytics.query.Days;
import dev.tollgate.core.usage.KeyUsage;
import dev.tollgate.core.usage.UsageCounts;
import java.time.LocalDate;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The unsettled part of a key's usage, from Redis alone.
 *
 * @param apiKeyId the API key's id
 * @param summary all that is unsettled, however old
 * @param today the present UTC day
 * @param days today and the {@value #DAYS_BACK} days before it, those with something unsettled, newest first; today always
 * @param providers all that is unsettled by provider, and these days of each; most used first
 * @param meta how the answer came about
 */
public record LiveReport(
        String apiKeyId, Summary summary, Day today, List<Day> days, List<ProviderDetail> providers, ReportMeta meta) {

    /** How many days before today are listed. */
    public static final int DAYS_BACK = 7;

    static LiveReport of(String keyId, KeyUsage unsettled, LocalDate today, ReportMeta meta) {
        NavigableMap<LocalDate, UsageCounts> days = new TreeMap<>(unsettled.days());
        days.keySet().removeIf(day -> day.isBefore(today.minusDays(DAYS_BACK)) || day.isAfter(today));
        days.putIfAbsent(today, UsageCounts.NONE);
        var daily = Days.byProvider(unsettled.providerDays(), days);
        List<ProviderDetail> providers = unsettled.providers().entrySet().stream()
                .map(provider -> ProviderDetail.of(
                        provider.getKey(),
                        provider.getValue(),
                        provider.getValue(),
                        daily.getOrDefault(provider.getKey(), new TreeMap<>())))
                .sorted(UsageRanked.MOST_USED_FIRST)
                .toList();
        return new LiveReport(
                keyId,
                Summary.of(unsettled.totals()),
                Day.of(today, days.get(today)),
                Day.newestFirst(days),
                providers,
                meta);
    }
}
