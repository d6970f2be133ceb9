package dev.tollgate.rest.admin;

import dev.tollgate.core.limit.Tier;
import dev.tollgate.core.paging.PageRequest;
import java.util.Comparator;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The order of a list of tiers. Unlimited is the greatest limit. */
final class TierOrder {

    /** What tiers can be sorted by. */
    static final Set<String> COLUMNS = Set.of("name", "windowLimit", "monthlyQuota");

    private static final Comparator<Tier> BY_NAME = Comparator.comparing(Tier::name);

    private TierOrder() {}

    /** Returns the order that a request asks for; by name if it asks for none. */
    static Comparator<Tier> of(PageRequest.@Nullable Sort sort) {
        if (sort == null) {
            return BY_NAME;
        }
        Comparator<Tier> order =
                switch (sort.column()) {
                    case "windowLimit" -> Comparator.comparingLong(tier -> size(tier.windowLimit()));
                    case "monthlyQuota" -> Comparator.comparingLong(tier -> size(tier.monthlyQuota()));
                    default -> BY_NAME;
                };
        return (sort.descending() ? order.reversed() : order).thenComparing(BY_NAME);
    }

    private static long size(OptionalLong limit) {
        return limit.orElse(Long.MAX_VALUE);
    }
}
