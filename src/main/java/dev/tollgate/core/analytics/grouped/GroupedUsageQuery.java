package dev.tollgate.core.analytics.grouped;

import dev.tollgate.core.analytics.query.BadQueryException;
import dev.tollgate.core.analytics.query.DateRange;
import dev.tollgate.core.analytics.query.ReportParameters;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A query for the usage of all accounts, summed by groups. Every instance is valid.
 *
 * @param from the first UTC day
 * @param to the last UTC day, itself included; the range spans at most {@value DateRange#MAX_DAYS} days
 * @param groupings what usage is summed by, at least one; in the order of declaration
 * @param filter which usage counts
 * @param sort by a column that rows of these groupings have
 */
public record GroupedUsageQuery(LocalDate from, LocalDate to, Set<UsageGrouping> groupings, Filter filter, Sort sort) {

    /** The names of the parameters that {@link #parse} reads. */
    public static final List<String> PARAMETERS =
            List.of("from", "to", "group", "accountId", "keyId", "provider", "sort");

    private static final Pattern ID =
            Pattern.compile("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");

    /**
     * Which usage counts. Empty for all.
     *
     * @param accountId of this account alone
     * @param keyId of this API key alone
     * @param provider of this provider alone
     */
    public record Filter(Optional<UUID> accountId, Optional<UUID> keyId, Optional<String> provider) {}

    /**
     * The order of rows. Equal ones are ordered by what the rows are about.
     *
     * @param column a column
     * @param descending whether the greatest comes first
     */
    public record Sort(UsageColumn column, boolean descending) {}

    public GroupedUsageQuery {
        if (from.isAfter(to)) {
            throw new BadQueryException("from", "from must not be after to, which is today if it is left out.");
        }
        if (ChronoUnit.DAYS.between(from, to) >= DateRange.MAX_DAYS) {
            throw new BadQueryException("from", "from and to may span at most " + DateRange.MAX_DAYS + " days.");
        }
        groupings = Collections.unmodifiableSet(EnumSet.copyOf(groupings));
        if (!UsageColumn.shownFor(groupings).contains(sort.column())) {
            throw new IllegalArgumentException("rows have no such column");
        }
    }

    /**
     * Reads a query. Without dates it is about this month until today, and with {@code to} alone about that day's month until
     * then. It is summed by account and shows most requests first, unless it says otherwise.
     *
     * @param given returns a parameter as sent; null if it was not
     * @param today the present UTC day
     * @throws BadQueryException naming the parameter that is bad
     */
    public static GroupedUsageQuery parse(Function<String, @Nullable String> given, LocalDate today) {
        LocalDate to = ReportParameters.date("to", given.apply("to")).orElse(today);
        LocalDate from = ReportParameters.date("from", given.apply("from")).orElse(to.withDayOfMonth(1));
        String group = given.apply("group");
        Set<UsageGrouping> groupings = group == null ? EnumSet.of(UsageGrouping.ACCOUNT) : UsageGrouping.parse(group);
        Filter filter = new Filter(
                id("accountId", given.apply("accountId")),
                id("keyId", given.apply("keyId")),
                ReportParameters.provider(given.apply("provider")));
        return new GroupedUsageQuery(from, to, groupings, filter, sort(given.apply("sort"), groupings));
    }

    private static Optional<UUID> id(String parameter, @Nullable String text) {
        if (text != null && !ID.matcher(text).matches()) {
            throw new BadQueryException(
                    parameter, parameter + " must be an id, which is a UUID; leave it out for all.");
        }
        return Optional.ofNullable(text).map(UUID::fromString);
    }

    private static Sort sort(@Nullable String text, Set<UsageGrouping> groupings) {
        if (text == null) {
            return new Sort(UsageColumn.TOTAL_REQUESTS, true);
        }
        boolean descending = text.startsWith("-");
        List<UsageColumn> columns = UsageColumn.shownFor(groupings);
        return UsageColumn.named(descending ? text.substring(1) : text, columns)
                .map(column -> new Sort(column, descending))
                .orElseThrow(() -> new BadQueryException(
                        "sort",
                        "sort must be one of "
                                + columns.stream().map(UsageColumn::label).collect(Collectors.joining(", "))
                                + ", or one of them after '-'."));
    }

    /** Returns the columns that rows have, in the order in which they are shown. */
    public List<UsageColumn> columns() {
        return UsageColumn.shownFor(groupings);
    }

    /** Returns whether usage is needed provider by provider. */
    public boolean needsProviders() {
        return groupings.contains(UsageGrouping.PROVIDER) || filter.provider().isPresent();
    }
}
