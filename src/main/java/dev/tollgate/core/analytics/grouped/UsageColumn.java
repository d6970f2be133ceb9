package dev.tollgate.core.analytics.grouped;

import dev.tollgate.core.analytics.grouped.GroupedUsage.Row;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A column of grouped usage: what a row is about, or a sum. In the order in which they are shown. */
public enum UsageColumn {
    ACCOUNT_ID("accountId", EnumSet.of(UsageGrouping.ACCOUNT, UsageGrouping.KEY), Row::accountId),
    ACCOUNT("account", EnumSet.of(UsageGrouping.ACCOUNT, UsageGrouping.KEY), Row::account),
    KEY_ID("keyId", EnumSet.of(UsageGrouping.KEY), Row::keyId),
    KEY_NAME("keyName", EnumSet.of(UsageGrouping.KEY), Row::keyName),
    KEY_PREFIX("keyPrefix", EnumSet.of(UsageGrouping.KEY), Row::keyPrefix),
    PROVIDER("provider", EnumSet.of(UsageGrouping.PROVIDER), Row::provider),
    DAY("day", EnumSet.of(UsageGrouping.DAY), Row::day),
    MONTH("month", EnumSet.of(UsageGrouping.MONTH), Row::month),
    TOTAL_REQUESTS("totalRequests", row -> row.sums().totalRequests()),
    SUCCESSFUL_REQUESTS("successfulRequests", row -> row.sums().successfulRequests()),
    FAILED_REQUESTS("failedRequests", row -> row.sums().failedRequests()),
    TOTAL_FILES_UPLOADED("totalFilesUploaded", row -> row.sums().totalFilesUploaded()),
    TOTAL_FILE_SIZE("totalFileSize", row -> row.sums().totalFileSize());

    private final String label;
    private final Set<UsageGrouping> shownFor;
    private final Function<Row, @Nullable Object> value;

    /** A sum, which every row has. */
    UsageColumn(String label, Function<Row, @Nullable Object> value) {
        this(label, EnumSet.allOf(UsageGrouping.class), value);
    }

    UsageColumn(String label, Set<UsageGrouping> shownFor, Function<Row, @Nullable Object> value) {
        this.label = label;
        this.shownFor = shownFor;
        this.value = value;
    }

    /** Returns the name of the column in answers and queries. */
    public String label() {
        return label;
    }

    /** Returns whether this is a sum, which every row has. */
    public boolean isSum() {
        return shownFor.size() == UsageGrouping.values().length;
    }

    /** Returns what a row has in this column; null if it is not about that. */
    public @Nullable Object of(Row row) {
        return value.apply(row);
    }

    /** Returns the columns that rows of these groupings have. */
    public static List<UsageColumn> shownFor(Set<UsageGrouping> groupings) {
        return Arrays.stream(values())
                .filter(column -> groupings.stream().anyMatch(column.shownFor::contains))
                .toList();
    }

    /** Returns the column of this name, if it is one of these. */
    static Optional<UsageColumn> named(String label, List<UsageColumn> columns) {
        return columns.stream().filter(column -> column.label.equals(label)).findFirst();
    }
}
