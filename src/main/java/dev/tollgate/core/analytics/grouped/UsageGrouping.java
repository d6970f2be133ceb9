package dev.tollgate.core.analytics.grouped;

import dev.tollgate.core.analytics.query.BadQueryException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What usage is summed by. In the order of declaration, which is the order of the columns. */
public enum UsageGrouping {
    /** An account, closed ones too. */
    ACCOUNT,
    /** An API key, revoked ones too. It has one account, which is shown with it. */
    KEY,
    /** A provider. */
    PROVIDER,
    /** A UTC day. */
    DAY,
    /** A UTC month: its days that are in the range. */
    MONTH;

    private static final String NAMES =
            Arrays.stream(values()).map(UsageGrouping::label).collect(Collectors.joining(", "));

    /** Returns the name in queries, in lower case. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Reads a list of names with commas in between.
     *
     * @return the groupings, at least one
     * @throws BadQueryException if a name is unknown or given twice
     */
    static Set<UsageGrouping> parse(String text) {
        Set<UsageGrouping> groupings = EnumSet.noneOf(UsageGrouping.class);
        for (String name : text.split(",", -1)) {
            Optional<UsageGrouping> grouping = List.of(values()).stream()
                    .filter(each -> each.label().equals(name))
                    .findFirst();
            if (grouping.isEmpty() || !groupings.add(grouping.get())) {
                throw new BadQueryException(
                        "group", "group must be some of " + NAMES + ", each once, separated by commas.");
            }
        }
        return groupings;
    }
}
